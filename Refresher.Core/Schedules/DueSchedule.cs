using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>A schedule that is due or soon will be, with what is needed to write its runs.</summary>
internal sealed record DueSchedule
{
    public required Guid Id { get; init; }

    public required string Key { get; init; }

    public required string Kind { get; init; }

    public required string Options { get; init; }

    public required Cadence Cadence { get; init; }

    public required string Queue { get; init; }

    public required short Priority { get; init; }

    /// <summary>What a fixed rate is counted from: the start, else the creation.</summary>
    public required DateTimeOffset Anchor { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public int? MaxRuns { get; init; }

    /// <summary>This schedule's own share of its jitter: every occurrence is moved by it.</summary>
    public TimeSpan Shift { get; init; }

    public Misfire Misfire { get; init; }

    public TimeSpan MisfireWindow { get; init; }

    public TimeSpan? ExpireAfter { get; init; }

    public Overlap Overlap { get; init; }

    public string? ConcurrencyKey { get; init; }

    /// <summary>Names of calendars that may exclude occurrences.</summary>
    public IReadOnlyList<string> Calendars { get; init; } = [];

    public RunPolicies Policies { get; init; } = new();

    /// <summary>The first occurrence not prepared yet, shift included.</summary>
    public required DateTimeOffset NextDueAt { get; init; }

    /// <summary>Occurrences prepared so far.</summary>
    public required int Prepared { get; init; }

    public CadenceContext Context => new(Anchor);

    public static TimeSpan ShiftOf(Guid schedule, TimeSpan? jitter) => jitter is { } most && most > TimeSpan.Zero ? Jitter.For(schedule, most) : TimeSpan.Zero;

    /// <summary>The occurrence after another one, shift included; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset due)
    {
        if (!Cadence.IsKnownAhead)
        {
            return null;
        }

        var next = Cadence.Next(due - Shift, Context) + Shift;
        return next is { } at && (EndAt is null || at < EndAt) ? at : null;
    }
}
