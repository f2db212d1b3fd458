using System.Text.Json.Serialization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>At a fixed rate counted from the anchor, or with a fixed delay after the end of the run before.</summary>
/// <param name="Every">1 second to 366 days, in whole milliseconds.</param>
public sealed record EveryCadence(
    TimeSpan Every,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] EveryMode Mode = EveryMode.Rate) : Cadence
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    [JsonIgnore]
    public override bool IsKnownAhead => Mode == EveryMode.Rate;

    public override IReadOnlyList<CadenceError> Validate() =>
        Every == TimeSpan.Zero ? [Wrong("is needed: a time span from 00:00:01 (one second) to 366.00:00:00.")]
        : Every < Shortest ? [Wrong($"is {Every}; the shortest is 00:00:01 (one second).")]
        : Every > Longest ? [Wrong($"is {Every}; the longest is 366.00:00:00 (366 days).")]
        : Every.Ticks % TimeSpan.TicksPerMillisecond != 0 ? [Wrong($"is {Every}; it must be a whole number of milliseconds.")]
        : Enum.IsDefined(Mode) ? []
        : [new CadenceError("cadence.mode", "mode must be rate or delay.")];

    /// <summary>
    /// Fixed rate: the anchor and each whole multiple of the period after it. Fixed delay: the anchor first; afterwards
    /// <paramref name="after"/> is the end of the run before, and the answer is one period later.
    /// </summary>
    public override DateTimeOffset? Next(DateTimeOffset after, CadenceContext context)
    {
        long anchor = Instants.FloorToMillisecond(context.Anchor.UtcTicks);
        if (after.UtcTicks < anchor)
        {
            return Instants.FromTicks(anchor);
        }

        long next = Mode == EveryMode.Delay
            ? Instants.FloorToMillisecond(after.UtcTicks) + Every.Ticks
            : anchor + ((((after.UtcTicks - anchor) / Every.Ticks) + 1) * Every.Ticks);
        return next > DateTimeOffset.MaxValue.Ticks ? null : Instants.FromTicks(next);
    }

    /// <summary>With a fixed delay only the anchor is known ahead, so it is the only possible answer.</summary>
    public override DateTimeOffset? LatestAtOrBefore(DateTimeOffset at, CadenceContext context)
    {
        long anchor = Instants.FloorToMillisecond(context.Anchor.UtcTicks);
        long periods = Mode == EveryMode.Delay ? 0 : (at.UtcTicks - anchor) / Every.Ticks;
        return at.UtcTicks < anchor ? null : Instants.FromTicks(anchor + (periods * Every.Ticks));
    }

    /// <summary>With a fixed delay only the anchor is known ahead and counted.</summary>
    public override long CountBetween(DateTimeOffset after, DateTimeOffset upTo, CadenceContext context)
    {
        long anchor = Instants.FloorToMillisecond(context.Anchor.UtcTicks);
        return upTo <= after ? 0 : UpTo(upTo.UtcTicks) - UpTo(after.UtcTicks);

        long UpTo(long ticks) => ticks < anchor ? 0 : Mode == EveryMode.Delay ? 1 : ((ticks - anchor) / Every.Ticks) + 1;
    }

    private static CadenceError Wrong(string text) => new("cadence.every", "every " + text);
}

/// <summary>From what the period of an <see cref="EveryCadence"/> is counted.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<EveryMode>))]
public enum EveryMode
{
    /// <summary>From the anchor: occurrences do not drift, however long the runs take.</summary>
    Rate,

    /// <summary>From the end of the run before.</summary>
    Delay,
}
