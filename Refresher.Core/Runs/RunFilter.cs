namespace Refresher.Core.Runs;

/// <summary>Which runs a list shows. Null and empty members do not filter.</summary>
public sealed record RunFilter
{
    /// <summary>Characters a searched text may have.</summary>
    public const int LongestText = 200;

    /// <summary>How far back a text is looked for when nothing says from when.</summary>
    public static TimeSpan TextSpan { get; } = TimeSpan.FromDays(7);

    public string? Kind { get; init; }

    public Guid? ScheduleId { get; init; }

    /// <summary>Of the schedule with this key; one that is deleted is known by the key its runs kept.</summary>
    public string? ScheduleKey { get; init; }

    /// <summary>Of schedules that have this tag now.</summary>
    public string? Tag { get; init; }

    /// <summary>In any of these.</summary>
    public IReadOnlyCollection<RunState> States { get; init; } = [];

    public RunTrigger? Trigger { get; init; }

    public string? Worker { get; init; }

    public string? Queue { get; init; }

    /// <summary>Due at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Due before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Began later than this after they were due; what a limit, a pause or an overlap answers for is not counted.</summary>
    public TimeSpan? Late { get; init; }

    /// <summary>A part of the reason, the schedule's key, the progress text or the output, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>The text may stand in a line of the run's log as well.</summary>
    public bool InLog { get; init; }
}

/// <summary>A part of a list of runs.</summary>
/// <param name="SearchedTo">Null: everything before <c>next</c> was looked through. Else the time for one look ran out: what is due before this instant was not looked at, and <c>next</c> goes on there.</param>
public sealed record RunListPage(IReadOnlyList<Run> Items, string? Next, DateTimeOffset? SearchedTo) : Page<Run>(Items, Next);
