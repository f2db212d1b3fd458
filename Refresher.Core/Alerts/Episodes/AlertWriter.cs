using Npgsql;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>Settles alerts and writes them with the deliveries of what they have to tell, in the caller's transaction.</summary>
internal sealed class AlertWriter(ConditionCatalog conditions, TimeProvider clock)
{
    /// <returns>How many messages are due to be sent.</returns>
    public async Task<int> SettleAsync(NpgsqlConnection connection, IReadOnlyCollection<Alert> alerts, IReadOnlyDictionary<Guid, AlertRule> rules, CancellationToken cancel)
    {
        if (alerts.Count == 0)
        {
            return 0;
        }

        var (now, due) = (clock.GetUtcNow(), new List<DueNotice>());
        foreach (var alert in alerts)
        {
            var rule = rules[alert.RuleId];
            due.AddRange(AlertFlow.Settle(alert, rule, now).Select(notice => new DueNotice(
                notice.Change, AlertFlow.ThreadOf(alert), rule.Channels, AlertText.Of(alert, rule, notice.Kind, conditions, now), rule)));
        }

        await AlertRows.WriteAsync(connection, alerts, cancel);
        return await DeliveryRows.AddAsync(connection, due, now, cancel);
    }
}

/// <summary>A message for some channels.</summary>
/// <param name="Change">No channel gets two of the same.</param>
internal sealed record DueNotice(string Change, string Thread, IReadOnlyCollection<Guid> Channels, AlertMessage Message, AlertRule? Rule);
