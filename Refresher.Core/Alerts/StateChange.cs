using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core.Outbox;

namespace Refresher.Core.Alerts;

/// <summary>
/// Something turned for worse or for better: what rules look at and people are told of. It is the payload of the events of type <see cref="EventType"/>.
/// Whoever notices the change writes it to the outbox in the transaction that records it, once when it begins and once when it is over, both with the same <see cref="EpisodeId"/>.
/// </summary>
public sealed record StateChange
{
    public const string EventType = "state.changed";

    /// <summary>The time from its beginning to its end has one id: an incident's where there is one.</summary>
    public required Guid EpisodeId { get; init; }

    /// <summary>What sort of change, the name of an <see cref="AlertCondition"/>: <c>site.down</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>True when it begins or grows worse, false when it is over.</summary>
    public required bool Active { get; init; }

    /// <summary>What it is about; stays the same through renames.</summary>
    public required string SubjectId { get; init; }

    /// <summary>What people call it.</summary>
    public required string SubjectName { get; init; }

    /// <summary>Tags of the subject, for rules that choose by them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When the change happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the episode began; equal to <see cref="At"/> when it begins.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why, in words, without secrets: at most 2,000 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>How often in a row, where that is counted: failed runs. 1 when it is not.</summary>
    public int Count { get; init; } = 1;

    /// <summary>
    /// Within a maintenance window: recorded, and nobody is told. When the window ends and it still lasts, whoever noticed it writes it once more,
    /// active and not muted: then people are told. An end that is muted is told to nobody either.
    /// </summary>
    public bool Muted { get; init; }

    /// <summary>Page of the admin that shows it, absolute within the Web: <c>/sites/…</c>.</summary>
    public string? Path { get; init; }

    /// <summary>More to say, label and value, in the order in which it is shown; at most 20.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>As the event of something that is watched from outside; changes of one subject keep their order.</summary>
    public NewEvent ToWatchedEvent() => NewEvent.Of(Topics.SiteStatus, EventType, SubjectId, this, AlertJson.Default.StateChange);
}

/// <summary>A sort of change that a rule can be set on.</summary>
/// <param name="Name">Stored, <c>subject.state</c>: <c>site.down</c>.</param>
/// <param name="Title">For people: <c>Site down</c>.</param>
/// <param name="Recovered">What its end is called: <c>Site up</c>.</param>
/// <param name="Description">One sentence: when it begins and when it is over.</param>
public sealed record AlertCondition(string Name, string Title, string Recovered, string Description)
{
    /// <summary>Whether a rule may ask for "n in a row".</summary>
    public bool Counted { get; init; }
}

/// <summary>How changes are written in events.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StateChange))]
public sealed partial class AlertJson : JsonSerializerContext;
