using System.Text.Json;
using Refresher.Core.Http;
using Refresher.Core.Schedules.Cadences;
namespace Refresher.Tasks.Heartbeats;

/// <summary>A heartbeat as the Api shows it. Durations that were measured are seconds, those that were set are <c>[d.]hh:mm:ss</c>.</summary>
/// <param name="State"><c>new</c>, <c>up</c>, <c>running</c>, <c>late</c>, <c>down</c> or <c>paused</c>.</param>
/// <param name="Since">Since when; up, running and late are one.</param>
/// <param name="LastDuration">Seconds from start to end, the last time.</param>
/// <param name="BeatPath">What to call, below the Api's address; it is a secret. Null in lists, for keys that may only look, and when the key that sealed it is gone.</param>
internal sealed record HeartbeatView(
    Guid Id, string Key, string Name, string Description, IReadOnlyList<string> Tags, JsonElement Cadence, string CadenceInWords, TimeSpan Grace, TimeSpan? MaxRunTime,
    bool Enabled, string State, DateTimeOffset Since, string? Reason, DateTimeOffset? LastBeatAt, DateTimeOffset? StartedAt, DateTimeOffset? LastStartedAt, double? LastDuration,
    DateTimeOffset? ExpectedAt, DateTimeOffset? DeadlineAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? BeatPath)
{
    public static HeartbeatView Of(Heartbeat h, DateTimeOffset now, BeatTokens? tokens = null) => new(
        h.Id, h.Key, h.Name, h.Description, h.Tags, JsonElement.Parse(CadenceJson.Write(h.Cadence)), CadenceDescription.Describe(h.Cadence), h.Grace, h.MaxRunTime,
        h.State != HeartbeatState.Paused, h.StateWord(now), h.Since, h.Reason, h.LastBeatAt, h.StartedAt, h.LastStartedAt, h.LastDuration?.TotalSeconds,
        h.ExpectedAt, h.DeadlineAt, h.CreatedAt, h.UpdatedAt, tokens?.Open(h.SealedToken) is { } token ? $"/beat/{token}" : null);
}

/// <summary>A call that was heard, as the Api shows it.</summary>
/// <param name="Duration">Seconds from the start before it.</param>
/// <param name="Cut">The body was longer than what is kept.</param>
internal sealed record BeatView(Guid Id, BeatKind Kind, DateTimeOffset At, int? ExitCode, double? Duration, string? From, string? Body, bool Cut)
{
    public static BeatView Of(Beat beat) => new(beat.Id, beat.Kind, beat.At, beat.ExitCode, beat.Duration?.TotalSeconds, beat.FromAddress, beat.Body, beat.IsCut);
}

/// <summary>Which heartbeats to list.</summary>
internal sealed record HeartbeatListQuery(HeartbeatFilter Filter, string? After, int Limit) : IQuery<HeartbeatListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit, QueryParameter.After, new("search", "Part of a name or key."), new("tag", "A tag it must have."),
        new("state", $"One of {string.Join(", ", HeartbeatQueries.States)}."),
    ];

    public static HeartbeatListQuery Read(QueryReader query)
    {
        var state = query.Text("state");
        state = state is null || HeartbeatQueries.States.Contains(state) ? state : query.Wrong<string>("state", $"one of {string.Join(", ", HeartbeatQueries.States)}");
        return new(new HeartbeatFilter(query.Text("search"), query.Text("tag"), state), query.Text("after"), query.Limit());
    }
}

/// <summary>Which calls to list.</summary>
internal sealed record BeatListQuery(Guid? After, int Limit) : IQuery<BeatListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After];

    public static BeatListQuery Read(QueryReader query) => new(query.Id("after", "what the page before gave as next"), query.Limit());
}
