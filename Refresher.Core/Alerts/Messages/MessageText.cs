using System.Globalization;
using System.Text;

namespace Refresher.Core.Alerts.Messages;

/// <summary>A message in plain words: what, since when, how long, why, and where to look.</summary>
internal static class MessageText
{
    /// <summary>An instant to the second, in UTC.</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A duration in its two largest units: <c>45 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Of(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 1 } => $"{(int)duration.TotalSeconds} s",
        { TotalHours: < 1 } => duration.Minutes < 10 && duration.Seconds > 0 ? $"{duration.Minutes} min {duration.Seconds} s" : $"{duration.Minutes} min",
        { TotalDays: < 1 } => duration.Minutes > 0 ? $"{duration.Hours} h {duration.Minutes} min" : $"{duration.Hours} h",
        _ => duration.Hours > 0 ? $"{(int)duration.TotalDays} d {duration.Hours} h" : $"{(int)duration.TotalDays} d",
    };

    /// <summary>Since when and for how long, as one sentence; null when there is nothing to say.</summary>
    public static string? Span(AlertMessage message) => message switch
    {
        { Since: not { } } => null,
        { Since: { } since, Notice: NoticeKind.Over } => $"It lasted {Of(message.Lasted ?? TimeSpan.Zero)}, from {Of(since)} to {Of(message.At)}.",
        { Since: { } since, Lasted: { TotalSeconds: >= 1 } lasted } => $"Since {Of(since)}, for {Of(lasted)}.",
        { Since: { } since } => $"Since {Of(since)}.",
    };

    /// <summary>What was the reason, or is.</summary>
    public static string? Why(AlertMessage message) =>
        message.Reason is not { } reason ? null : message.Notice == NoticeKind.Over ? $"It was: {reason}" : message.Notice is NoticeKind.Test or NoticeKind.Digest ? reason : $"Why: {reason}";

    /// <summary>The lines below the title.</summary>
    public static string Body(AlertMessage message, string? link)
    {
        var text = new StringBuilder();
        foreach (var line in Lines(message))
        {
            text.AppendLine(line);
        }

        foreach (var table in message.Tables)
        {
            Append(text.AppendLine(), table);
        }

        return (link is null ? text : text.AppendLine(link)).ToString().ReplaceLineEndings("\n").TrimEnd();
    }

    public static IEnumerable<string> Lines(AlertMessage message)
    {
        if (Span(message) is { } span)
        {
            yield return span;
        }

        if (message.Count > 1)
        {
            yield return $"{message.Count.ToString(CultureInfo.InvariantCulture)} times in a row.";
        }

        if (Why(message) is { } why)
        {
            yield return why;
        }

        foreach (var (label, value) in message.Facts)
        {
            yield return $"{label}: {value}";
        }
    }

    private static void Append(StringBuilder text, MessageTable table)
    {
        text.AppendLine(table.Title);
        if (table.Summary.Length > 0)
        {
            text.Append("  ").AppendLine(table.Summary);
        }

        foreach (var row in table.Rows)
        {
            var cells = row.Skip(1).Select((cell, column) => column + 1 < table.Columns.Count ? $"{table.Columns[column + 1]} {cell}" : cell);
            text.Append("  - ").Append(row.Count > 0 ? row[0] : "").Append(": ").AppendLine(string.Join(", ", cells));
        }
    }
}
