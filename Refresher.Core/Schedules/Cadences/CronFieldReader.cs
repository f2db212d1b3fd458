using System.Globalization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Reads one field: a list of <c>*</c>, values, ranges and steps, and the special days of the two day fields.</summary>
internal ref partial struct CronFieldReader(ReadOnlySpan<char> text, int position, CronFieldSpec spec)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private ulong _bits;
    private uint _daysBeforeLast;
    private uint _nearestWeekdays;
    private bool _lastWeekday;
    private byte _lastWeekDays;
    private ulong _nthWeekDays;
    private bool _interval;

    private readonly bool IsDayField => spec.Kind is CronFieldKind.Day or CronFieldKind.WeekDay;

    private readonly bool More => _at < _text.Length;

    public CronError? Read()
    {
        if (IsDayField && _text is "?")
        {
            AddRange(spec.First, spec.Last, 1);
            return null;
        }

        while (true)
        {
            if (ReadItem() is { } error)
            {
                return error;
            }

            if (!More)
            {
                return null;
            }

            if (_text[_at] != ',')
            {
                return Wrong(_at, $"'{Rest()}' cannot follow '{_text[.._at]}'");
            }

            _at++;
        }
    }

    public readonly void Store(ref CronFields fields)
    {
        fields.IsIntervalLike |= _interval && spec.Kind is CronFieldKind.Second or CronFieldKind.Minute or CronFieldKind.Hour;
        bool star = _text[0] is '*' or '?';
        switch (spec.Kind)
        {
            case CronFieldKind.Second:
                fields.Seconds = _bits;
                break;
            case CronFieldKind.Minute:
                fields.Minutes = _bits;
                break;
            case CronFieldKind.Hour:
                fields.Hours = (uint)_bits;
                break;
            case CronFieldKind.Day:
                (fields.Days, fields.DayStar) = ((uint)_bits, star);
                (fields.DaysBeforeLast, fields.NearestWeekdays, fields.LastWeekday) = (_daysBeforeLast, _nearestWeekdays, _lastWeekday);
                break;
            case CronFieldKind.Month:
                fields.Months = (ushort)_bits;
                break;
            default:
                (fields.WeekDays, fields.WeekDayStar) = ((byte)_bits, star);
                (fields.LastWeekDays, fields.NthWeekDays) = (_lastWeekDays, _nthWeekDays);
                break;
        }
    }

    private CronError? ReadItem()
    {
        if (!More || _text[_at] == ',')
        {
            return Wrong(_at, "a value is missing in the list");
        }

        if (_text[_at] == '*')
        {
            _at++;
            _interval = true;
            return ReadStep(spec.First, spec.Kind == CronFieldKind.WeekDay ? 6 : spec.Last);
        }

        if (spec.Kind == CronFieldKind.Day && TakeLetter('L'))
        {
            return ReadLast();
        }

        int start = _at;
        if (ReadValue(out int first) is { } error)
        {
            return error;
        }

        if (ReadSpecial(first, start, out CronError? wrong))
        {
            return wrong;
        }

        if (More && _text[_at] == '-')
        {
            _at++;
            _interval = true;
            return ReadValue(out int last) ?? ReadStep(first, last);
        }

        return More && _text[_at] == '/' ? ReadStep(first, spec.Kind == CronFieldKind.WeekDay ? 6 : spec.Last) : Add(first);
    }

    private CronError? Add(int value)
    {
        AddRange(value, value, 1);
        return null;
    }

    private CronError? ReadStep(int first, int last)
    {
        int step = 1;
        if (More && _text[_at] == '/')
        {
            int start = _at++;
            _interval = true;
            int largest = spec.Size - 1;
            if (!ReadNumber(out step) || step < 1 || step > largest)
            {
                string shown = _text[start.._at].ToString() + Rest();
                string hint = IsDayField || spec.Kind == CronFieldKind.Month ? "" : "; for a longer rhythm use the cadence every";
                return Wrong(start, string.Create(CultureInfo.InvariantCulture, $"'{shown}' is not a step of it; /1 to /{largest} can be given{hint}"));
            }
        }

        AddRange(first, last, step);
        return null;
    }

    /// <summary>A range that ends before it begins goes on over the end of the field: 22-2 is 22, 23, 0, 1, 2.</summary>
    private void AddRange(int first, int last, int step)
    {
        bool weekDay = spec.Kind == CronFieldKind.WeekDay;
        first = weekDay && first == 7 && last != 7 ? 0 : first;
        int length = last >= first ? last - first : last + spec.Size - first;
        for (int i = 0; i <= length; i += step)
        {
            int value = first + i;
            _bits |= 1UL << (weekDay ? value % 7 : value > spec.Last ? value - spec.Size : value);
        }
    }

    private CronError? ReadValue(out int value)
    {
        int start = _at;
        if (ReadNumber(out value))
        {
            return value >= spec.First && value <= spec.Last ? null : Wrong(start, $"'{_text[start.._at]}' is out of range");
        }

        while (More && char.IsAsciiLetter(_text[_at]) && _at - start < 3)
        {
            _at++;
        }

        ReadOnlySpan<char> word = _text[start.._at];
        for (int i = 0; i < spec.Words.Length; i++)
        {
            if (word.Equals(spec.Words[i], StringComparison.OrdinalIgnoreCase))
            {
                value = i + spec.First;
                return null;
            }
        }

        _at = start;
        return Wrong(start, More ? $"'{Rest()}' is not a value" : "a value is missing at its end");
    }

    /// <summary>At most nine digits, which is more than any field takes.</summary>
    private bool ReadNumber(out int value)
    {
        int start = _at;
        value = 0;
        while (More && char.IsAsciiDigit(_text[_at]) && _at - start < 9)
        {
            value = (value * 10) + (_text[_at++] - '0');
        }

        return _at > start;
    }

    private bool TakeLetter(char letter)
    {
        bool taken = More && char.ToUpperInvariant(_text[_at]) == letter;
        _at += taken ? 1 : 0;
        return taken;
    }

    private readonly string Rest()
    {
        int comma = _text[_at..].IndexOf(',');
        return (comma > 0 ? _text.Slice(_at, comma) : _text[_at..]).ToString();
    }

    private readonly CronError Wrong(int at, string what) =>
        new(position + at, $"cron: in the {spec.Name} field '{_text}', {what}; allowed is {spec.Allowed}.");
}
