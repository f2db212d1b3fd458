namespace Refresher.Core.Alerts.Channels.Webhook;

/// <summary>A body that comes ready with the program.</summary>
/// <param name="Name">Stored.</param>
/// <param name="Format">What it becomes.</param>
/// <param name="ContentType">Of the request.</param>
/// <param name="Write">How texts from outside are written for this service; null: as they are.</param>
/// <param name="NeedsTarget">What the setting <c>target</c> has to name for it; null: nothing.</param>
internal sealed record WebhookTemplate(string Name, string Body, TemplateFormat Format, string ContentType, Func<string, string>? Write = null, string? NeedsTarget = null);

/// <summary>The ready bodies, each after the service's own documentation. None lets a text from outside mention people or format anything.</summary>
internal static class WebhookTemplates
{
    public const string Own = "refresher", Slack = "slack", Teams = "teams", Discord = "discord", Telegram = "telegram", Ntfy = "ntfy", Custom = "custom";

    private const string Json = "application/json";

    public static IReadOnlyDictionary<string, WebhookTemplate> All { get; } = new WebhookTemplate[]
    {
        new(Own, """
            {"id": "{{id}}", "notice": "{{notice}}", "title": "{{title}}", "condition": {{condition}}, "subject": {"id": {{subjectId}}, "name": {{subject}}},
             "since": {{since}}, "at": "{{at}}", "lastedSeconds": {{lastedSeconds}}, "count": {{count}}, "reason": {{reason}}, "facts": {{facts}}, "text": "{{text}}",
             "link": {{link}}, "rule": {{rule}}, "thread": "{{thread}}"}
            """, TemplateFormat.Json, Json),

        // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: in texts & < > are signs, and plain_text knows no mentions.
        new(Slack, """
            {"text": "{{title}}", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "{{title}}", "emoji": false}}
             {{#text}},{"type": "section", "text": {"type": "plain_text", "text": "{{text}}", "emoji": false}}{{/text}}
             {{#link}},{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "{{link}}"}]}{{/link}}]}
            """, TemplateFormat.Json, Json, text => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)),

        // A workflow "When a Teams webhook request is received" posts an Adaptive Card (the older connectors are retired).
        new(Teams, """
            {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": {
             "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": [
             {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": true, "color": "{{tone}}", "text": "{{title}}"}
             {{#text}},{"type": "TextBlock", "wrap": true, "text": "{{text}}"}{{/text}}]
             {{#link}},"actions": [{"type": "Action.OpenUrl", "title": "Open", "url": "{{link}}"}]{{/link}}}}]}
            """, TemplateFormat.Json, Json, text => text.Replace("\n", "\n\n", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal)),

        // https://discord.com/developers/docs/resources/webhook#execute-webhook
        new(Discord, """
            {"embeds": [{"title": "{{title}}", "description": "{{text}}", "color": {{colour}}, "timestamp": "{{at}}"{{#link}}, "url": "{{link}}"{{/link}}}], "allowed_mentions": {"parse": []}}
            """, TemplateFormat.Json, Json),

        // https://core.telegram.org/bots/api#sendmessage: without a parse mode nothing in a text is a sign.
        new(Telegram, """{"chat_id": "{{target}}", "text": "{{title}}\n{{text}}{{#link}}\n{{link}}{{/link}}", "disable_web_page_preview": true}""", TemplateFormat.Json, Json, null, "the chat's id, like -1001234567890"),

        // https://docs.ntfy.sh/publish/#publish-as-json: posted to the server's root.
        new(Ntfy, """{"topic": "{{target}}", "title": "{{title}}", "message": "{{text}}", "priority": {{priority}}, "tags": ["{{icon}}"]{{#link}}, "click": "{{link}}"{{/link}}}""", TemplateFormat.Json, Json, null, "the topic"),
    }.ToDictionary(template => template.Name, StringComparer.Ordinal);
}
