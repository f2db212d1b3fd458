using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels.Sms;

/// <summary>An account at Africa's Talking and the phones to reach.</summary>
internal sealed record AfricasTalkingSettings : IValidatableObject
{
    [Description("Of the account or app; sandbox for trying.")]
    [Required(ErrorMessage = "The user name is needed; for trying it is sandbox.")]
    [StringLength(100)]
    public string Username { get; init; } = "";

    [Description("The Api key of the account or app.")]
    [Required(ErrorMessage = "The Api key is needed.")]
    [StringLength(500)]
    [Secret]
    public string? ApiKey { get; init; }

    [Description("Phones, one a line, in the international form: +254711000000.")]
    [MinLength(1, ErrorMessage = "At least one phone is needed.")]
    [MaxLength(50)]
    public IReadOnlyList<string> To { get; init; } = [];

    [Description("A sender's name or short code that is registered there; empty: theirs.")]
    [StringLength(20)]
    public string? From { get; init; }

    [Description("Where their interface is; empty: the live one, or for the user name sandbox the one for trying.")]
    [StringLength(500)]
    public string? Url { get; init; }

    /// <summary>From the provider's documentation of bulk SMS.</summary>
    public string Address => Url is { Length: > 0 } given ? given
        : Username == "sandbox" ? "https://api.sandbox.africastalking.com/version1/messaging" : "https://api.africastalking.com/version1/messaging";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var number in To.Where(number => !ChannelAddresses.IsPhone(number)))
        {
            yield return new ValidationResult($"'{number}' is not a phone in the international form, like +254711000000.", [nameof(To)]);
        }

        if (!ChannelAddresses.IsHttp(Address))
        {
            yield return new ValidationResult("It must begin with http:// or https://.", [nameof(Url)]);
        }
    }
}

/// <summary>Text messages over Africa's Talking (https://developers.africastalking.com/docs/sms/sending/bulk).</summary>
internal sealed class AfricasTalkingChannel(ChannelHttp http)
    : ChannelKind<AfricasTalkingSettings>("sms-africas-talking", "SMS, Africa's Talking", "Text messages over an account at Africa's Talking.")
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    protected override async Task<ChannelAnswer> SendAsync(AfricasTalkingSettings settings, Dispatch dispatch, CancellationToken cancel)
    {
        Dictionary<string, string> form = new()
        {
            ["username"] = settings.Username,
            ["to"] = string.Join(',', settings.To),
            ["message"] = SmsText.Of(dispatch.Message, dispatch.Link),
        };
        if (settings.From is { Length: > 0 } from)
        {
            form["from"] = from;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Address) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("apiKey", settings.ApiKey);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return await http.SendAsync(request, Timeout, cancel, Judge);
    }

    protected override string Describe(AfricasTalkingSettings settings) => string.Join(", ", settings.To);

    /// <summary>
    /// The status of HTTP says only that the request was understood; each phone has its own. 100 to 102: on its way. 405 (no credit) and 5xx may
    /// pass; the others will not. As soon as one phone has it, it is not sent again to all.
    /// </summary>
    private static ChannelAnswer Judge(int status, string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var data = json.RootElement.GetProperty("SMSMessageData");
            var said = data.TryGetProperty("Message", out var message) ? message.GetString() : null;
            var phones = data.TryGetProperty("Recipients", out var recipients) ? recipients.EnumerateArray().Select(Phone.Of).ToArray() : [];
            var text = string.Join("; ", phones.Select(phone => phone.Text).Prepend(said ?? "No word about it"));
            return phones.Any(phone => phone.Code is >= 100 and <= 102) ? ChannelAnswer.Sent(status, text)
                : phones.Any(phone => phone.Code is 405 or >= 500) ? ChannelAnswer.Again(status, text)
                : ChannelAnswer.Refused(status, text);
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ChannelAnswer.Again(status, $"{status}, and an answer that is not theirs: {body}");
        }
    }

    private readonly record struct Phone(int Code, string Text)
    {
        public static Phone Of(JsonElement recipient)
        {
            var code = recipient.TryGetProperty("statusCode", out var number) ? number.GetInt32() : 0;
            return new Phone(code, $"{Member(recipient, "number")} {Member(recipient, "status")} ({code}{(Member(recipient, "messageId") is { Length: > 0 } id ? $", {id}" : "")})");
        }

        private static string Member(JsonElement json, string name) => json.TryGetProperty(name, out var member) ? member.ToString() : "";
    }
}
