using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Refresher.Core.Outbox;

/// <summary>A fact to be told, not written yet.</summary>
/// <param name="Topic">Where it goes, one of <see cref="Topics"/>.</param>
/// <param name="Type">What happened, as <c>subject.verb</c>: <c>site.checked</c>.</param>
/// <param name="Key">Events of one key arrive in the order in which their transactions committed: the id of what it speaks of. At most 200 characters.</param>
/// <param name="Payload">UTF-8 JSON, at most 256 KiB.</param>
public sealed record NewEvent(string Topic, string Type, string Key, byte[] Payload)
{
    /// <summary>A version-7 UUID by which consumers know it again. Not set: made when it is written. Set: the same fact told twice stays one.</summary>
    public Guid Id { get; init; }

    /// <summary>The trace in which it happened, as W3C trace context; null: the current one, if any.</summary>
    public string? TraceParent { get; init; }

    public static NewEvent Of<TPayload>(string topic, string type, string key, TPayload payload, JsonTypeInfo<TPayload> json) =>
        new(topic, type, key, JsonSerializer.SerializeToUtf8Bytes(payload, json));
}

/// <summary>A fact as it reaches a consumer, at least once.</summary>
/// <param name="At">When it was written, by the cluster's clock.</param>
/// <param name="TraceParent">The trace in which it happened, as W3C trace context; null when there was none.</param>
public sealed record Event(Guid Id, string Topic, string Type, string Key, DateTimeOffset At, string? TraceParent, ReadOnlyMemory<byte> Payload)
{
    /// <exception cref="JsonException">The payload is not of that shape.</exception>
    public TPayload Read<TPayload>(JsonTypeInfo<TPayload> json) =>
        JsonSerializer.Deserialize(Payload.Span, json) ?? throw new JsonException($"Event {Id} has no payload.");
}

/// <summary>Every topic there is.</summary>
public static class Topics
{
    /// <summary>Every check of a site; the key is the site's id.</summary>
    public const string SiteChecks = "refresher.site-checks";

    /// <summary>Changes for better or worse of what is watched from outside (sites, heartbeats, the line): <see cref="Alerts.StateChange"/>; the key is the id of what changed.</summary>
    public const string SiteStatus = "refresher.site-status";

    /// <summary>Changes for better or worse of schedules, runs, queues and workers: <see cref="Alerts.StateChange"/>; the key is the id of what changed.</summary>
    public const string Runs = "refresher.runs";

    public static IReadOnlyList<string> All { get; } = [SiteChecks, SiteStatus, Runs];
}
