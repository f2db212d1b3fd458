using System.Globalization;
using System.Text.Json;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What a server knows of the line's end that it sees.</summary>
internal sealed record ClientInfo(string? Address, string? Isp, GeoPoint? Place)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    /// <summary>Asks LibreSpeed's <c>getIP</c>. Nothing depends on the answer, so that none, or a strange one, is no failure.</summary>
    public static async Task<ClientInfo> AskAsync(SpeedServer server, AddressGuard guard, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(AnswerTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync, UseProxy = false }) { MaxResponseContentBufferSize = 16 * 1024 };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent.Value);
        try
        {
            return Parse(await http.GetStringAsync(server.IpUrl, either.Token));
        }
        catch (Exception nothing) when (nothing is HttpRequestException or JsonException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return new ClientInfo(null, null, null);
        }
    }

    /// <summary>
    /// <c>{"processedString": "192.0.2.1 - Provider, XX (12 km)", "rawIspInfo": {"org": "AS64496 Provider", "loc": "1.2,3.4"}}</c>;
    /// <c>rawIspInfo</c> is an empty text where the server knows nothing.
    /// </summary>
    public static ClientInfo Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var info = Member(document.RootElement, "rawIspInfo");
        var address = Text(document.RootElement, "processedString")?.Split(" - ")[0];
        var isp = Text(info, "org") ?? Text(info, "as_name") ?? Text(info, "isp");
        var place = (Text(info, "loc") ?? "").Split(',');
        return new ClientInfo(
            System.Net.IPAddress.TryParse(address, out _) ? address : null,
            isp is { Length: > 200 } ? isp[..200] : isp,
            place.Length == 2 && Degrees(place[0]) is { } latitude && Degrees(place[1]) is { } longitude ? new GeoPoint(latitude, longitude) : null);
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Degrees(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= 180 ? degrees : null;
}
