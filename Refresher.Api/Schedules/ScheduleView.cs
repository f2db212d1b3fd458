using Refresher.Api.Http;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Declared;

namespace Refresher.Api.Schedules;

/// <summary>A schedule as the Api shows it: its own values (null: not set), what holds in the end, and where it stands.</summary>
internal sealed record ScheduleView
{
    public required Guid Id { get; init; }

    public required string Key { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Owner { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required string Kind { get; init; }

    /// <summary>Secrets are masked.</summary>
    public required RawJson Options { get; init; }

    public required Cadence Cadence { get; init; }

    /// <summary>The cadence in words.</summary>
    public required string CadenceText { get; init; }

    public required string Queue { get; init; }

    public required short Priority { get; init; }

    public required bool Enabled { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public int? MaxRuns { get; init; }

    public TimeSpan? Jitter { get; init; }

    public Misfire? Misfire { get; init; }

    public TimeSpan? MisfireWindow { get; init; }

    public Overlap? Overlap { get; init; }

    public OnLost? OnLost { get; init; }

    public TimeSpan? ExpireAfter { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>A run that begins this much after its due time is late; null: as the platform is configured.</summary>
    public TimeSpan? LateAfter { get; init; }

    /// <summary>An attempt that goes on for longer takes too long; null: as the platform is configured.</summary>
    public TimeSpan? LongAfter { get; init; }

    public RetryPolicy? Retry { get; init; }

    /// <summary>How long runs are kept, those that succeeded and the others.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>Its runs are limited together with others of the same key.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>What follows its runs.</summary>
    public IReadOnlyList<ContinuationView>? ContinueWith { get; init; }

    /// <summary>Set when a kind declares it in code, or did.</summary>
    public DeclaredView? Declared { get; init; }

    /// <summary>Names of calendars that exclude occurrences.</summary>
    public required IReadOnlyList<string> Calendars { get; init; }

    public required EffectiveSchedule Effective { get; init; }

    public required ScheduleStateView State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Also the ETag: send it as If-Match to change only what you have seen.</summary>
    public required string Version { get; init; }

    public static ScheduleView Of(Schedule schedule, KindCatalog kinds)
    {
        var kind = kinds.Find(schedule.Kind);
        return new ScheduleView
        {
            Id = schedule.Id,
            Key = schedule.Key,
            Name = schedule.Name,
            Description = schedule.Description,
            Owner = schedule.Owner,
            Tags = schedule.Tags,
            Kind = schedule.Kind,
            Options = new RawJson(SecretOptions.Hide(kind, schedule.Options)),
            Cadence = schedule.Cadence,
            CadenceText = CadenceDescription.Describe(schedule.Cadence),
            Queue = schedule.Queue,
            Priority = schedule.Priority,
            Enabled = schedule.Enabled,
            StartAt = schedule.StartAt,
            EndAt = schedule.EndAt,
            MaxRuns = schedule.MaxRuns,
            Jitter = schedule.Jitter,
            Misfire = schedule.Misfire,
            MisfireWindow = schedule.MisfireWindow,
            Overlap = schedule.Overlap,
            OnLost = schedule.OnLost,
            ExpireAfter = schedule.ExpireAfter,
            Timeout = schedule.Timeout,
            LateAfter = schedule.LateAfter,
            LongAfter = schedule.LongAfter,
            Retry = schedule.Retry,
            Retention = schedule.Retention,
            ConcurrencyKey = schedule.ConcurrencyKey,
            ContinueWith = schedule.ContinueWith is { } next ? [.. next.Select(c => new ContinuationView(c.On, c.Schedule!))] : null,
            Declared = DeclaredView.Of(schedule.Declaration),
            Calendars = schedule.Calendars,
            Effective = EffectiveSchedule.Of(schedule, kind),
            State = ScheduleStateView.Of(schedule.State),
            CreatedAt = schedule.CreatedAt,
            UpdatedAt = schedule.UpdatedAt,
            Version = ETag.Of(schedule.Version),
        };
    }
}

/// <summary>After which end which schedule's task runs.</summary>
internal sealed record ContinuationView(ContinueOn On, string Schedule);

/// <summary>That a schedule is declared in code: edits stay until the declaration changes.</summary>
/// <param name="Kind">What declares it.</param>
/// <param name="AppliedAt">When its declaration was applied last.</param>
/// <param name="WithdrawnAt">Since when it is no longer declared; it was paused then. Null: it is declared.</param>
internal sealed record DeclaredView(string Kind, DateTimeOffset AppliedAt, DateTimeOffset? WithdrawnAt)
{
    public static DeclaredView? Of(ScheduleDeclaration? declaration) => declaration is null ? null : new(declaration.Kind, declaration.AppliedAt, declaration.WithdrawnAt);
}

/// <summary>Where a schedule stands.</summary>
/// <param name="NextDueAt">Null: paused, ended, or waiting for a run's end.</param>
/// <param name="Active">Runs queued or running.</param>
internal sealed record ScheduleStateView(DateTimeOffset? NextDueAt, int Active, Guid? LastRunId, RunState? LastState, DateTimeOffset? LastFinishedAt)
{
    public static ScheduleStateView Of(ScheduleState? state) => new(state?.NextDueAt, state?.Active ?? 0, state?.LastRunId, state?.LastState, state?.LastFinishedAt);
}
