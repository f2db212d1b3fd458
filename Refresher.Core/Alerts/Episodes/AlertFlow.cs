using System.Text.Json;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>
/// What an alert does when a change comes in or time passes: pure, so that every order of changes can be tried. Nothing here sends; what is
/// due is handed back as messages, each with a key by which it is known again.
/// </summary>
internal static class AlertFlow
{
    /// <summary>The alert of a change that a rule looks at for the first time. What is over before it was seen to begin is kept, so that a late beginning is known to be past.</summary>
    public static Alert Begin(StateChange change, AlertRule rule, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        RuleId = rule.Id,
        EpisodeId = change.EpisodeId,
        Condition = change.Condition,
        State = change.Active ? AlertState.Pending : AlertState.Recovered,
        RecoveredAt = change.Active ? null : change.At,
        SubjectId = change.SubjectId,
        SubjectName = change.SubjectName,
        Since = change.Since,
        CountsFrom = change.Muted ? change.At : change.Since,
        ChangedAt = change.At,
        Count = change.Count,
        Reason = change.Reason,
        Path = change.Path,
        Facts = FactsOf(change),
        Muted = change.Muted,
    };

    /// <summary>Takes a further change of the same episode in. One that is over stays over, and what is older than what is known says nothing new.</summary>
    public static void Apply(Alert alert, StateChange change)
    {
        if (alert.State == AlertState.Recovered || change.At < alert.ChangedAt)
        {
            return;
        }

        alert.ChangedAt = change.At;
        alert.SubjectName = change.SubjectName;
        if (!change.Active)
        {
            (alert.State, alert.RecoveredAt, alert.Muted) = (AlertState.Recovered, change.At, change.Muted);
            return;
        }

        // Maintenance that ends while it still lasts: people are told as if it began now, but of when it really began.
        alert.CountsFrom = alert.Muted && !change.Muted ? change.At : alert.CountsFrom;
        alert.Muted = change.Muted;
        alert.Count = Math.Max(alert.Count, change.Count);
        (alert.Reason, alert.Path, alert.Facts) = (change.Reason ?? alert.Reason, change.Path ?? alert.Path, FactsOf(change) ?? alert.Facts);
    }

    /// <summary>Tells what is due by <paramref name="now"/>, and notes when there will be something again.</summary>
    public static IEnumerable<Notice> Settle(Alert alert, AlertRule rule, DateTimeOffset now)
    {
        while (true)
        {
            if (Next(alert, rule) is not var (kind, dueAt))
            {
                alert.NoticeAt = null;
                yield break;
            }

            // What is due in quiet hours, or comes late and finds them begun, waits for their end.
            var at = dueAt > now ? dueAt : now;
            at = rule.QuietHours?.NextAllowed(at, alert.Condition) ?? at;
            if (at > now)
            {
                alert.NoticeAt = at;
                yield break;
            }

            yield return new Notice(kind, KeyOf(alert, rule, kind));
            Told(alert, kind, now);
        }
    }

    /// <summary>Everything that is said about one episode to one channel is said in order.</summary>
    public static string ThreadOf(Alert alert) => $"{alert.EpisodeId:N}/{alert.Condition}";

    private static (NoticeKind Kind, DateTimeOffset DueAt)? Next(Alert alert, AlertRule rule)
    {
        if (!rule.Enabled)
        {
            return null;
        }

        return alert.State switch
        {
            AlertState.Recovered => alert.ToldAt is not null && !alert.Muted && !alert.OverTold && rule.Recovery ? (NoticeKind.Over, alert.RecoveredAt ?? alert.ChangedAt) : null,
            _ when alert.Muted || !rule.Conditions.Contains(alert.Condition) => null,
            AlertState.Pending => alert.Count >= rule.Times || !IsCounted(alert, rule) ? (NoticeKind.Begun, alert.CountsFrom + rule.After) : null,
            _ => rule.ReminderEvery is { } every && alert.ToldAt is { } told ? (NoticeKind.Reminder, told + every) : null,
        };
    }

    /// <summary>A rule may have conditions of both sorts; "n in a row" holds for those that are counted.</summary>
    private static bool IsCounted(Alert alert, AlertRule rule) => rule.Times > 1 && rule.CountedConditions.Contains(alert.Condition);

    private static void Told(Alert alert, NoticeKind kind, DateTimeOffset now)
    {
        alert.ToldAt = now;
        alert.State = kind == NoticeKind.Begun ? AlertState.Firing : alert.State;
        alert.Reminders += kind == NoticeKind.Reminder ? 1 : 0;
        alert.OverTold |= kind == NoticeKind.Over;
    }

    /// <summary>
    /// What makes a change the same however often it is seen: two rules that tell one channel of it tell it once. "Failed" and "failed three
    /// times in a row" are two. Reminders belong to their rule.
    /// </summary>
    private static string KeyOf(Alert alert, AlertRule rule, NoticeKind kind) => $"{ThreadOf(alert)}/" + kind switch
    {
        NoticeKind.Begun => IsCounted(alert, rule) ? $"begun/{rule.Times}" : "begun",
        NoticeKind.Over => "over",
        _ => $"reminder/{rule.Id:N}/{alert.Reminders + 1}",
    };

    private static string? FactsOf(StateChange change) => change.Facts.Count == 0 ? null : Data.StoredText.CleanJson(JsonSerializer.Serialize(change.Facts.Take(20), JsonSerializerOptions.Web));
}

/// <summary>Something to tell.</summary>
/// <param name="Change">Known again by it: no channel gets it twice.</param>
internal readonly record struct Notice(NoticeKind Kind, string Change);
