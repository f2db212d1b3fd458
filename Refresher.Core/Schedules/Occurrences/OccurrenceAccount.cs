using Refresher.Core.Runs;

namespace Refresher.Core.Schedules.Occurrences;

/// <summary>What a due time came to, or several in a row that came to the same.</summary>
public enum OccurrenceOutcome
{
    /// <summary>Not due yet.</summary>
    Coming,

    /// <summary>Due, and not begun, or waiting for its next attempt.</summary>
    Waiting,

    /// <summary>A worker is at it.</summary>
    Running,

    /// <summary>It was executed in time, whatever the outcome.</summary>
    Ran,

    /// <summary>It was executed more than a second late that no limit, pause or overlap answers for.</summary>
    Late,

    /// <summary>An overlap or a calendar kept it from running.</summary>
    Skipped,

    /// <summary>Nobody prepared it in time, and the misfire policy did not make up for it.</summary>
    Missed,

    /// <summary>No worker took it before it lost its point.</summary>
    Expired,

    Cancelled,

    /// <summary>No run was made for it, and none was missed: the schedule was paused, was another one then, or its record is gone.</summary>
    NotMade,
}

/// <summary>A due time, or a stretch of them, what became of it, and why.</summary>
public sealed record OccurrenceAccount
{
    /// <summary>The due time, jitter included; of a stretch the first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The last due time of a stretch; null for a single one.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Due times in the stretch.</summary>
    public long Count { get; init; } = 1;

    public required OccurrenceOutcome Outcome { get; init; }

    /// <summary>In words.</summary>
    public required string Why { get; init; }

    /// <summary>What clocks do to it; null when nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Null when it has none.</summary>
    public Run? Run { get; init; }

    /// <summary>The unfinished run for whose sake it was skipped, where that can be told.</summary>
    public Guid? OtherRunId { get; init; }

    public DateTimeOffset Last => Until ?? At;
}
