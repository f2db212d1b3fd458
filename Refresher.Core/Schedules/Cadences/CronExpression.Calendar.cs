using System.Numerics;

namespace Refresher.Core.Schedules.Cadences;

public sealed partial class CronExpression
{
    internal const long Never = -1;

    /// <summary>Years after which the Gregorian calendar repeats: what did not occur by then never will.</summary>
    private const int Horizon = 400;

    /// <summary>The days of a month that match, bit n for day n.</summary>
    internal uint DaysOf(int year, int month)
    {
        if ((_fields.Months & (1 << month)) == 0)
        {
            return 0;
        }

        int length = DateTime.DaysInMonth(year, month);
        uint all = (uint)((1UL << (length + 1)) - 2);
        int firstWeekDay = (new DateOnly(year, month, 1).DayNumber + 1) % 7;
        uint days = _fields.Days & all;
        if ((_fields.DaysBeforeLast | _fields.NearestWeekdays) != 0 || _fields.LastWeekday)
        {
            days |= SpecialDays(length, firstWeekDay);
        }

        uint weekDays = (uint)(_weekDayPattern >> firstWeekDay << 1);
        if (_fields.LastWeekDays != 0)
        {
            weekDays |= (uint)(_lastWeekDayPattern >> firstWeekDay << 1) & ~(all >> 7);
        }

        for (int nth = 0; _fields.NthWeekDays >> (7 * nth) != 0; nth++)
        {
            ulong pattern = EachWeek((byte)((_fields.NthWeekDays >> (7 * nth)) & 0x7F));
            weekDays |= (uint)(pattern >> firstWeekDay << 1) & (0xFEu << (7 * nth));
        }

        return all & (_fields.DayStar || _fields.WeekDayStar ? days & weekDays : days | weekDays);
    }

    private uint SpecialDays(int length, int firstWeekDay)
    {
        uint days = 0;
        for (uint rest = _fields.DaysBeforeLast; rest != 0; rest &= rest - 1)
        {
            int day = length - BitOperations.TrailingZeroCount(rest);
            days |= day >= 1 ? 1u << day : 0;
        }

        for (uint rest = _fields.NearestWeekdays; rest != 0; rest &= rest - 1)
        {
            int day = BitOperations.TrailingZeroCount(rest);
            days |= day <= length ? 1u << NearestWeekday(day, length, firstWeekDay) : 0;
        }

        int last = (firstWeekDay + length - 1) % 7;
        return days | (_fields.LastWeekday ? 1u << (length - (last == 6 ? 1 : last == 0 ? 2 : 0)) : 0);
    }

    /// <summary>Stays within the month: the first on a Saturday gives the third, the last on a Sunday the Friday before.</summary>
    private static int NearestWeekday(int day, int length, int firstWeekDay) => ((firstWeekDay + day - 1) % 7) switch
    {
        6 => day == 1 ? 3 : day - 1,
        0 => day == length ? day - 2 : day + 1,
        _ => day,
    };

    internal bool Matches(long local) => NextLocal(local) == local;

    /// <summary>The first match at or after <paramref name="local"/>, or <see cref="Never"/>.</summary>
    internal long NextLocal(long local)
    {
        DateOnly date = DateOnly.FromDayNumber((int)(local / SecondsPerDay));
        (int year, int month, int day) = date;
        uint days = DaysOf(year, month);
        if ((days & (1u << day)) != 0)
        {
            int time = TimeAtOrAfter((int)(local % SecondsPerDay));
            if (time >= 0)
            {
                return (date.DayNumber * (long)SecondsPerDay) + time;
            }
        }

        // Two shifts, because a shift by 32 is a shift by nothing.
        days = days >> day >> 1 << day << 1;
        int lastYear = Math.Min(year + Horizon, DateOnly.MaxValue.Year);
        while (days == 0)
        {
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
            if (year > lastYear)
            {
                return Never;
            }

            days = DaysOf(year, month);
        }

        return At(year, month, BitOperations.TrailingZeroCount(days), FirstTime);
    }

    /// <summary>The last match at or before <paramref name="local"/>, or <see cref="Never"/>.</summary>
    internal long PreviousLocal(long local)
    {
        DateOnly date = DateOnly.FromDayNumber((int)(local / SecondsPerDay));
        (int year, int month, int day) = date;
        uint days = DaysOf(year, month);
        if ((days & (1u << day)) != 0)
        {
            int time = TimeAtOrBefore((int)(local % SecondsPerDay));
            if (time >= 0)
            {
                return (date.DayNumber * (long)SecondsPerDay) + time;
            }
        }

        days &= (1u << day) - 1;
        int firstYear = Math.Max(year - Horizon, 1);
        while (days == 0)
        {
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1);
            if (year < firstYear)
            {
                return Never;
            }

            days = DaysOf(year, month);
        }

        return At(year, month, BitOperations.Log2(days), LastTime);
    }

    /// <summary>How many matches lie at or after <paramref name="from"/> and before <paramref name="to"/>; costs a few operations a month.</summary>
    internal long CountLocal(long from, long to)
    {
        if (from >= to)
        {
            return 0;
        }

        int firstDay = (int)(from / SecondsPerDay), lastDay = (int)(to / SecondsPerDay);
        long before = TimesBefore((int)(from % SecondsPerDay)), until = TimesBefore((int)(to % SecondsPerDay));
        return (CountDays(firstDay, lastDay) * _timesPerDay)
            - (before != 0 && CountDays(firstDay, firstDay + 1) != 0 ? before : 0)
            + (until != 0 && CountDays(lastDay, lastDay + 1) != 0 ? until : 0);
    }

    private long CountDays(int from, int to)
    {
        long count = 0;
        while (from < to)
        {
            (int year, int month, int day) = DateOnly.FromDayNumber(from);
            int length = DateTime.DaysInMonth(year, month);
            int beyond = Math.Min(length + 1, day + to - from);
            uint window = (uint)((1UL << beyond) - (1UL << day));
            count += BitOperations.PopCount(DaysOf(year, month) & window);
            from += beyond - day;
        }

        return count;
    }

    private int FirstTime => (BitOperations.TrailingZeroCount(_fields.Hours) * 3600)
        + (BitOperations.TrailingZeroCount(_fields.Minutes) * 60) + BitOperations.TrailingZeroCount(_fields.Seconds);

    private int LastTime => (BitOperations.Log2(_fields.Hours) * 3600)
        + (BitOperations.Log2(_fields.Minutes) * 60) + BitOperations.Log2(_fields.Seconds);

    private static long At(int year, int month, int day, int time) =>
        (new DateOnly(year, month, day).DayNumber * (long)SecondsPerDay) + time;
}
