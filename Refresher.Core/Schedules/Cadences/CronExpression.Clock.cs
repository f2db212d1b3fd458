using System.Numerics;

namespace Refresher.Core.Schedules.Cadences;

public sealed partial class CronExpression
{
    /// <summary>The first matching second of a day at or after <paramref name="time"/>; negative when there is none left.</summary>
    private int TimeAtOrAfter(int time)
    {
        (int hour, int minute, int second) = Split(time);
        if (Has(_fields.Hours, hour))
        {
            if (Has(_fields.Minutes, minute))
            {
                ulong seconds = _fields.Seconds & (~0UL << second);
                if (seconds != 0)
                {
                    return (hour * 3600) + (minute * 60) + BitOperations.TrailingZeroCount(seconds);
                }
            }

            ulong minutes = _fields.Minutes & (~0UL << (minute + 1));
            if (minutes != 0)
            {
                return (hour * 3600) + (BitOperations.TrailingZeroCount(minutes) * 60) + BitOperations.TrailingZeroCount(_fields.Seconds);
            }
        }

        uint hours = _fields.Hours & (~0u << (hour + 1));
        return hours == 0 ? -1 : (BitOperations.TrailingZeroCount(hours) * 3600) + (FirstTime % 3600);
    }

    /// <summary>The last matching second of a day at or before <paramref name="time"/>; negative when there is none.</summary>
    private int TimeAtOrBefore(int time)
    {
        (int hour, int minute, int second) = Split(time);
        if (Has(_fields.Hours, hour))
        {
            if (Has(_fields.Minutes, minute))
            {
                ulong seconds = _fields.Seconds & ((2UL << second) - 1);
                if (seconds != 0)
                {
                    return (hour * 3600) + (minute * 60) + BitOperations.Log2(seconds);
                }
            }

            ulong minutes = _fields.Minutes & ((1UL << minute) - 1);
            if (minutes != 0)
            {
                return (hour * 3600) + (BitOperations.Log2(minutes) * 60) + BitOperations.Log2(_fields.Seconds);
            }
        }

        uint hours = _fields.Hours & ((1u << hour) - 1);
        return hours == 0 ? -1 : (BitOperations.Log2(hours) * 3600) + (LastTime % 3600);
    }

    /// <summary>How many matching seconds of a day come before <paramref name="time"/>.</summary>
    private long TimesBefore(int time)
    {
        (int hour, int minute, int second) = Split(time);
        long count = BitOperations.PopCount(_fields.Hours & ((1u << hour) - 1)) * _timesPerHour;
        if (Has(_fields.Hours, hour))
        {
            count += BitOperations.PopCount(_fields.Minutes & ((1UL << minute) - 1)) * BitOperations.PopCount(_fields.Seconds);
            count += Has(_fields.Minutes, minute) ? BitOperations.PopCount(_fields.Seconds & ((1UL << second) - 1)) : 0;
        }

        return count;
    }

    private static (int Hour, int Minute, int Second) Split(int time) => (time / 3600, time / 60 % 60, time % 60);

    private static bool Has(ulong bits, int value) => ((bits >> value) & 1) != 0;
}
