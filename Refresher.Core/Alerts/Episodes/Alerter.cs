using System.Text.Json;
using Npgsql;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>
/// Holds each change against the rules. What is due at once has its deliveries in the transaction that moves the consumer's place; what is due
/// later is left to <see cref="AlertLoop"/>. The whole log may be read again at any time: nobody is told twice.
/// </summary>
internal sealed class Alerter(AlertWriter writer, TimeProvider clock) : IEventConsumer
{
    public string Name => "alerter";

    public IReadOnlyList<string> Topics { get; } = [Outbox.Topics.SiteStatus, Outbox.Topics.Runs];

    public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        // What happened before that is forgotten, and would be news to the tables that say what was told.
        var forgotten = clock.GetUtcNow() - PlatformDefaults.DeliveryRetention;
        var changes = events.Where(@event => @event.Type == StateChange.EventType).Select(Read).Where(change => change.At >= forgotten).ToArray();
        if (changes.Length == 0)
        {
            return [];
        }

        await AlertRows.LockAsync(connection, cancel);
        var rules = await AlertRows.RulesAsync(connection, cancel);
        var known = rules.Count == 0 ? [] : await AlertRows.OfEpisodesAsync(connection, [.. changes.Select(change => change.EpisodeId).Distinct()], cancel);
        var alerts = known.ToDictionary(alert => (alert.EpisodeId, alert.Condition, alert.RuleId));
        var told = 0;
        foreach (var change in changes)
        {
            // One change after the other: what is told of the first must not be lost in what the next one makes of it.
            told += await writer.SettleAsync(connection, Apply(change, alerts, rules), rules, cancel);
        }

        return told > 0 ? [LiveSignal.Alerts, LiveSignal.Deliveries] : alerts.Count > 0 ? [LiveSignal.Alerts] : [];
    }

    private List<Alert> Apply(StateChange change, Dictionary<(Guid, string, Guid), Alert> alerts, Dictionary<Guid, Rules.AlertRule> rules)
    {
        var touched = new List<Alert>();
        foreach (var rule in rules.Values)
        {
            var key = (change.EpisodeId, change.Condition, rule.Id);
            if (alerts.TryGetValue(key, out var alert))
            {
                AlertFlow.Apply(alert, change);
                touched.Add(alert);
            }
            else if (rule.Matches(change))
            {
                touched.Add(alerts[key] = AlertFlow.Begin(change, rule, clock.GetUtcNow()));
            }
        }

        return touched;
    }

    private static StateChange Read(Event @event)
    {
        try
        {
            return @event.Read(AlertJson.Default.StateChange);
        }
        catch (JsonException error)
        {
            throw new PoisonEventException(@event.Id, $"It is no change of state: {error.Message}", error);
        }
    }
}
