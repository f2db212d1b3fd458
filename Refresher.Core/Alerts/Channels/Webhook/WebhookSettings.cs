using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels.Webhook;

/// <summary>Where a web hook is and what it is sent.</summary>
internal sealed record WebhookSettings : IValidatableObject
{
    [Description("Where to post: http:// or https://. It is kept secret, since for most services whoever has it may post.")]
    [Display(Name = "Address")]
    [Required(ErrorMessage = "The address is needed.")]
    [StringLength(2000)]
    [Secret]
    public string? Url { get; init; }

    [Description("The form of the body. refresher: our own JSON; custom: the template below.")]
    [AllowedValues(WebhookTemplates.Own, WebhookTemplates.Slack, WebhookTemplates.Teams, WebhookTemplates.Discord, WebhookTemplates.Telegram, WebhookTemplates.Ntfy, WebhookTemplates.Custom)]
    public string Template { get; init; } = WebhookTemplates.Own;

    [Description("Telegram: the chat's id. ntfy: the topic. In a template of your own it is {{target}}.")]
    [StringLength(200)]
    public string? Target { get; init; }

    [Description("Your own body, for the form custom: JSON with {{title}}, {{text}}, {{reason}}, {{link}} and others of docs/alerts.md in it.")]
    [StringLength(10_000)]
    [DataType(DataType.MultilineText)]
    public string? Body { get; init; }

    [Description("What your own body is.")]
    [AllowedValues("application/json", "text/plain", "application/x-www-form-urlencoded")]
    public string ContentType { get; init; } = "application/json";

    [Description("The request's method.")]
    [AllowedValues("POST", "PUT")]
    public string Method { get; init; } = "POST";

    [Description("Further headers, a line each: Name: value.")]
    [MaxLength(20)]
    public IReadOnlyList<string> Headers { get; init; } = [];

    [Description("A header that nobody should see: Authorization: Bearer ….")]
    [StringLength(2000)]
    [Secret]
    public string? SecretHeader { get; init; }

    [Description("Signs the body, so that the receiver knows it is from here: header Refresher-Signature, HMAC-SHA256. At least 16 characters.")]
    [StringLength(200, MinimumLength = 16, ErrorMessage = "16 to 200 characters.")]
    [Secret]
    public string? SigningKey { get; init; }

    [Description("How long to wait for an answer.")]
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is sent; null with at least one error.</summary>
    public (Template Template, string ContentType, Func<string, string>? Write)? Form(List<string> errors)
    {
        var ready = WebhookTemplates.All.GetValueOrDefault(Template);
        var format = ready?.Format ?? ContentType switch { "application/json" => TemplateFormat.Json, "text/plain" => TemplateFormat.Text, _ => TemplateFormat.Form };
        return Channels.Template.Read(ready?.Body ?? Body ?? "", format, MessageValues.Names, errors) is { } read ? (read, ready?.ContentType ?? ContentType, ready?.Write) : null;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is { } url && !ChannelAddresses.IsHttp(url))
        {
            yield return new ValidationResult("It must begin with http:// or https://.", [nameof(Url)]);
        }

        if (Template == WebhookTemplates.Custom && string.IsNullOrWhiteSpace(Body))
        {
            yield return new ValidationResult("The form custom needs a body.", [nameof(Body)]);
        }

        if (WebhookTemplates.All.GetValueOrDefault(Template)?.NeedsTarget is { } needed && string.IsNullOrWhiteSpace(Target))
        {
            yield return new ValidationResult($"For {Template} it must name {needed}.", [nameof(Target)]);
        }

        var errors = new List<string>();
        _ = Form(errors);
        foreach (var wrong in errors)
        {
            yield return new ValidationResult(wrong, [nameof(Body)]);
        }

        foreach (var wrong in ChannelAddresses.HeaderErrors(Headers, nameof(Headers)).Concat(ChannelAddresses.HeaderErrors(SecretHeader is { Length: > 0 } line ? [line] : [], nameof(SecretHeader))))
        {
            yield return wrong;
        }
    }
}
