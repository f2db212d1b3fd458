using System.Net;
using System.Text;

namespace Refresher.Core.Alerts.Messages;

/// <summary>A message as the HTML of an email: no images, no scripts, nothing fetched, styles where mail programs read them.</summary>
internal static class MessageHtml
{
    private const string Cell = "padding:4px 12px 4px 0;border-bottom:1px solid #e2e8f0;text-align:left;vertical-align:top";

    public static string Of(AlertMessage message, string? link)
    {
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Encoded(message.Title)).Append("</title></head><body style=\"margin:0;padding:16px;font:15px/1.5 sans-serif;color:#1e293b;background:#ffffff\">")
            .Append("<div style=\"max-width:640px;margin:0 auto;border-top:4px solid ").Append(ColourOf(message.Notice)).Append(";padding-top:12px\"><h1 style=\"font-size:19px;margin:0 0 12px\">")
            .Append(Encoded(message.Title)).Append("</h1>");
        foreach (var line in MessageText.Lines(message with { Facts = [] }))
        {
            html.Append("<p style=\"margin:0 0 8px\">").Append(Encoded(line)).Append("</p>");
        }

        if (message.Facts.Count > 0)
        {
            Append(html, [], [.. message.Facts.Select(fact => (IReadOnlyList<string>)[fact.Key, fact.Value])]);
        }

        foreach (var table in message.Tables)
        {
            html.Append("<h2 style=\"font-size:16px;margin:20px 0 4px\">").Append(Encoded(table.Title)).Append("</h2><p style=\"margin:0 0 8px\">").Append(Encoded(table.Summary)).Append("</p>");
            Append(html, table.Columns, table.Rows);
        }

        if (link is not null)
        {
            html.Append("<p style=\"margin:16px 0\"><a href=\"").Append(Encoded(link)).Append("\">").Append(Encoded(link)).Append("</a></p>");
        }

        html.Append("<p style=\"margin:24px 0 0;color:#64748b;font-size:13px\">").Append(Encoded(Foot(message))).Append("</p></div></body></html>");
        return html.ToString();
    }

    /// <summary>Who asked for this message.</summary>
    public static string Foot(AlertMessage message) => message switch
    {
        { Rule: { } rule } => $"Sent by Refresher for the rule “{rule}”.",
        { Notice: NoticeKind.Test } => "Sent by Refresher to try this channel.",
        _ => "Sent by Refresher.",
    };

    public static string ColourOf(NoticeKind notice) => notice switch
    {
        NoticeKind.Begun => "#d63939",
        NoticeKind.Reminder => "#f59f00",
        NoticeKind.Over => "#2fb344",
        _ => "#206bc4",
    };

    private static void Append(StringBuilder html, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        html.Append("<table style=\"border-collapse:collapse;font-size:14px\">");
        if (columns.Count > 0)
        {
            Row(html, "th", columns);
        }

        foreach (var row in rows)
        {
            Row(html, "td", row);
        }

        html.Append("</table>");
    }

    private static void Row(StringBuilder html, string tag, IReadOnlyList<string> texts)
    {
        html.Append("<tr>");
        foreach (var text in texts)
        {
            html.Append('<').Append(tag).Append(" style=\"").Append(Cell).Append("\">").Append(Encoded(text)).Append("</").Append(tag).Append('>');
        }

        html.Append("</tr>");
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
}
