using System.Text.Json.Nodes;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Channels;

/// <summary>What templates may name, from a message.</summary>
internal static class MessageValues
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "id", "notice", "title", "text", "short", "subject", "subjectId", "condition", "reason", "since", "at", "lasted", "lastedSeconds", "count", "link", "rule", "facts", "thread", "target", "to",
        "tone", "colour", "priority", "icon",
    ];

    /// <param name="target">What the channel's settings name: a chat, a topic, phones.</param>
    /// <param name="write">How texts from outside are written, for services that read signs in them; null: as they are.</param>
    public static Dictionary<string, JsonNode?> Of(Dispatch dispatch, string? target, Func<string, string>? write = null)
    {
        var message = dispatch.Message;
        return new(StringComparer.Ordinal)
        {
            ["id"] = dispatch.Id.ToString(),
            ["notice"] = Words<NoticeKind>.Of(message.Notice),
            ["title"] = Text(message.Title),
            ["text"] = Text(MessageText.Body(message, null)),
            ["short"] = Text(SmsText.Of(message, dispatch.Link)),
            ["subject"] = Text(message.SubjectName),
            ["subjectId"] = message.SubjectId,
            ["condition"] = message.Condition,
            ["reason"] = Text(message.Reason),
            ["since"] = message.Since?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["at"] = message.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["lasted"] = message.Lasted is { } lasted ? MessageText.Of(lasted) : null,
            ["lastedSeconds"] = message.Lasted is { } span ? Math.Round(span.TotalSeconds, 3) : null,
            ["count"] = message.Count,
            ["link"] = dispatch.Link,
            ["rule"] = Text(message.Rule),
            ["facts"] = new JsonObject(message.Facts.DistinctBy(fact => fact.Key).Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value))),
            ["thread"] = dispatch.Thread,
            ["target"] = target,
            ["to"] = target,
            ["tone"] = message.Notice switch { NoticeKind.Begun => "attention", NoticeKind.Reminder => "warning", NoticeKind.Over => "good", _ => "accent" },
            ["colour"] = Convert.ToInt32(MessageHtml.ColourOf(message.Notice)[1..], 16),
            ["priority"] = message.Notice == NoticeKind.Begun ? 4 : 3,
            ["icon"] = message.Notice switch { NoticeKind.Begun => "rotating_light", NoticeKind.Reminder => "hourglass", NoticeKind.Over => "white_check_mark", _ => "information_source" },
        };

        JsonNode? Text(string? text) => text is null ? null : write is null ? text : write(text);
    }
}
