using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels.Sms;

/// <summary>A gateway for text messages that takes a request over HTTP.</summary>
internal sealed record HttpSmsSettings : IValidatableObject
{
    [Description("Where the gateway takes messages: http:// or https://.")]
    [Display(Name = "Address")]
    [Required(ErrorMessage = "The address is needed.")]
    [StringLength(2000)]
    public string Url { get; init; } = "";

    [Description("The request's method.")]
    [AllowedValues("POST", "PUT")]
    public string Method { get; init; } = "POST";

    [Description("Phones, one a line, in the international form: +254711000000. They go into one request, with commas between.")]
    [MinLength(1, ErrorMessage = "At least one phone is needed.")]
    [MaxLength(50)]
    public IReadOnlyList<string> To { get; init; } = [];

    [Description("What the body is.")]
    [AllowedValues("application/x-www-form-urlencoded", "application/json")]
    public string ContentType { get; init; } = "application/x-www-form-urlencoded";

    [Description("The body, with {{to}} and {{short}} (the text, made to fit) where they belong; the others of docs/alerts.md may be used too.")]
    [Required(ErrorMessage = "The body is needed, like to={{to}}&message={{short}}.")]
    [StringLength(5000)]
    [DataType(DataType.MultilineText)]
    public string Body { get; init; } = "to={{to}}&message={{short}}";

    [Description("Further headers, a line each: Name: value.")]
    [MaxLength(20)]
    public IReadOnlyList<string> Headers { get; init; } = [];

    [Description("A header that nobody should see: Authorization: Bearer ….")]
    [StringLength(2000)]
    [Secret]
    public string? SecretHeader { get; init; }

    public Template? Form(List<string> errors) =>
        Template.Read(Body, ContentType == "application/json" ? TemplateFormat.Json : TemplateFormat.Form, MessageValues.Names, errors);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ChannelAddresses.IsHttp(Url))
        {
            yield return new ValidationResult("It must begin with http:// or https://.", [nameof(Url)]);
        }

        foreach (var number in To.Where(number => !ChannelAddresses.IsPhone(number)))
        {
            yield return new ValidationResult($"'{number}' is not a phone in the international form, like +254711000000.", [nameof(To)]);
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

/// <summary>Text messages over any gateway that speaks HTTP.</summary>
internal sealed class HttpSmsChannel(ChannelHttp http)
    : ChannelKind<HttpSmsSettings>("sms-http", "SMS, any gateway", "Text messages over a gateway that takes a form or JSON.")
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    protected override async Task<ChannelAnswer> SendAsync(HttpSmsSettings settings, Dispatch dispatch, CancellationToken cancel)
    {
        var errors = new List<string>();
        if (settings.Form(errors) is not { } template)
        {
            return ChannelAnswer.Refused(null, string.Join(" ", errors));
        }

        var body = Encoding.UTF8.GetBytes(template.Render(MessageValues.Of(dispatch, string.Join(',', settings.To))));
        using var request = new HttpRequestMessage(HttpMethod.Parse(settings.Method), settings.Url) { Content = ChannelHttp.Content(body, settings.ContentType) };
        ChannelHttp.AddHeaders(request, settings.SecretHeader is { Length: > 0 } secret ? [.. settings.Headers, secret] : settings.Headers);
        request.Headers.TryAddWithoutValidation(Webhook.WebhookChannel.DeliveryHeader, dispatch.Id.ToString());
        return await http.SendAsync(request, Timeout, cancel);
    }

    protected override string Describe(HttpSmsSettings settings) => string.Join(", ", settings.To);
}
