namespace Refresher.Core.Schedules.Cadences;

internal ref partial struct CronFieldReader
{
    /// <summary>What may follow an <c>L</c> in the day of month.</summary>
    private CronError? ReadLast()
    {
        if (TakeLetter('W'))
        {
            _lastWeekday = true;
            return null;
        }

        int before = 0, start = _at;
        if (More && _text[_at] == '-')
        {
            _at++;
            if (!ReadNumber(out before) || before is < 1 or > 30)
            {
                return Wrong(start, $"'L{_text[start.._at]}' is not a day before the last; L-1 to L-30 can be given");
            }
        }

        _daysBeforeLast |= 1u << before;
        return null;
    }

    /// <summary>True when the item was one of <c>15W</c>, <c>5L</c>, <c>5#3</c>, rightly or wrongly written.</summary>
    private bool ReadSpecial(int value, int start, out CronError? error)
    {
        error = null;
        if (spec.Kind == CronFieldKind.Day && TakeLetter('W'))
        {
            _nearestWeekdays |= 1u << value;
            return true;
        }

        if (spec.Kind == CronFieldKind.WeekDay && TakeLetter('L'))
        {
            _lastWeekDays |= (byte)(1 << (value % 7));
            return true;
        }

        if (spec.Kind != CronFieldKind.WeekDay || !More || _text[_at] != '#')
        {
            return false;
        }

        _at++;
        if (!ReadNumber(out int nth) || nth is < 1 or > 5)
        {
            error = Wrong(start, $"'{_text[start.._at]}' is not an n-th weekday of the month; #1 to #5 can be given");
            return true;
        }

        _nthWeekDays |= 1UL << ((7 * (nth - 1)) + (value % 7));
        return true;
    }
}
