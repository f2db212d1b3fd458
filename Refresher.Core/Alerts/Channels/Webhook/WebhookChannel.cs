using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Refresher.Core.Alerts.Channels.Webhook;

/// <summary>Posts a body to an address, signed where there is a key.</summary>
internal sealed class WebhookChannel(ChannelHttp http)
    : ChannelKind<WebhookSettings>("webhook", "Web hook", "Posts to an address: Slack, Teams, Discord, Telegram, ntfy, or a program of yours.")
{
    public const string SignatureHeader = "Refresher-Signature";

    public const string DeliveryHeader = "Refresher-Delivery";

    /// <summary>
    /// <c>t=seconds since 1970,v1=HMAC</c>: HMAC-SHA256 (RFC 2104) over the seconds, a dot and the body's bytes, in hexadecimal. The receiver
    /// compares in constant time and refuses what is older than a few minutes.
    /// </summary>
    public static string Sign(string key, DateTimeOffset now, byte[] body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(time + "."), .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))}";
    }

    protected override async Task<ChannelAnswer> SendAsync(WebhookSettings settings, Dispatch dispatch, CancellationToken cancel)
    {
        var errors = new List<string>();
        if (settings.Form(errors) is not var (template, type, write) || settings.Url is null)
        {
            return ChannelAnswer.Refused(null, string.Join(" ", errors.DefaultIfEmpty("The address is missing.")));
        }

        var body = Encoding.UTF8.GetBytes(template.Render(MessageValues.Of(dispatch, settings.Target, write)));
        using var request = new HttpRequestMessage(HttpMethod.Parse(settings.Method), settings.Url) { Content = ChannelHttp.Content(body, type == "text/plain" ? "text/plain; charset=utf-8" : type) };
        ChannelHttp.AddHeaders(request, settings.SecretHeader is { Length: > 0 } secret ? [.. settings.Headers, secret] : settings.Headers);
        request.Headers.TryAddWithoutValidation(DeliveryHeader, dispatch.Id.ToString());
        if (settings.SigningKey is { Length: > 0 } key)
        {
            request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(key, dispatch.Now, body));
        }

        return await http.SendAsync(request, settings.Timeout, cancel);
    }

    protected override string Describe(WebhookSettings settings) => settings.Target is { Length: > 0 } target ? $"{settings.Template}, {target}" : settings.Template;
}
