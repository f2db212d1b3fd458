using Refresher.Core.Alerts.Messages;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>What is said about an alert.</summary>
internal static class AlertText
{
    public static AlertMessage Of(Alert alert, AlertRule rule, NoticeKind kind, ConditionCatalog conditions, DateTimeOffset now)
    {
        var (worse, better) = conditions.TryFind(alert.Condition, out var condition) ? (condition.Title, condition.Recovered) : (alert.Condition, $"Over: {alert.Condition}");
        var title = kind switch { NoticeKind.Over => better, NoticeKind.Reminder => $"Still: {worse}", _ => worse };
        return new AlertMessage
        {
            Notice = kind,
            Title = $"{title}: {alert.SubjectName}",
            Condition = alert.Condition,
            SubjectId = alert.SubjectId,
            SubjectName = alert.SubjectName,
            At = kind == NoticeKind.Over ? alert.RecoveredAt ?? now : now,
            Since = alert.Since,
            Count = alert.Count,
            Reason = alert.Reason,
            Path = alert.Path,
            Rule = rule.Name,
            Facts = alert.FactList,
        }.Trimmed();
    }
}
