using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Outbox;

namespace Refresher.Tasks.Heartbeats;

/// <summary>What is told when a heartbeat goes down and when it is over.</summary>
internal static class HeartbeatChanges
{
    public const string Missed = "heartbeat.missed";

    private const int MostReason = 2000;

    public static AlertCondition Condition { get; } = new(
        Missed, "Heartbeat missed", "Heartbeat is back",
        "Something that should call us did not in time, did not finish in time, or reported a failure; over with its next success.");

    /// <summary>It has gone down: gives it an episode. Null when it was down before: one notice a change.</summary>
    public static NewEvent? Begin(Heartbeat heartbeat, string reason, DateTimeOffset at)
    {
        heartbeat.Reason = StoredText.Clean(reason, MostReason);
        if (heartbeat.EpisodeId is not null)
        {
            return null;
        }

        heartbeat.EpisodeId = Guid.CreateVersion7(at);
        return Write(heartbeat, heartbeat.EpisodeId.Value, true, at, at, heartbeat.Reason);
    }

    /// <summary>It is over, by a success or because nobody watches it any more. Null when it was not down.</summary>
    /// <param name="since">When it began.</param>
    public static NewEvent? End(Heartbeat heartbeat, string? reason, DateTimeOffset since, DateTimeOffset at)
    {
        if (heartbeat.EpisodeId is not { } episode)
        {
            return null;
        }

        (heartbeat.EpisodeId, heartbeat.Reason) = (null, null);
        return Write(heartbeat, episode, false, at, since, reason);
    }

    private static NewEvent Write(Heartbeat heartbeat, Guid episode, bool active, DateTimeOffset at, DateTimeOffset since, string? reason) =>
        new StateChange
        {
            EpisodeId = episode,
            Condition = Missed,
            Active = active,
            SubjectId = heartbeat.Id.ToString(),
            SubjectName = heartbeat.Name,
            Tags = heartbeat.Tags,
            At = at,
            Since = since,
            Reason = reason,
            Path = $"/heartbeats/{heartbeat.Id}",
            Facts = Facts(heartbeat),
        }.ToWatchedEvent();

    private static List<KeyValuePair<string, string>> Facts(Heartbeat heartbeat)
    {
        var facts = new List<KeyValuePair<string, string>>
        {
            new("Expected", Refresher.Core.Schedules.Cadences.CadenceDescription.Describe(heartbeat.Cadence)),
            new("Grace", Refresher.Core.PlainJson.Write(heartbeat.Grace)),
        };
        if (heartbeat.LastBeatAt is { } last)
        {
            facts.Add(new("Last heard", last.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture)));
        }

        return facts;
    }
}
