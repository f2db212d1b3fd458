using System.Net;
using System.Text.Json;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What a server knows of the line's end that it sees.</summary>
/// <param name="Country">ISO 3166-1, two letters.</param>
internal sealed record ClientInfo(string? Address, string? Isp, GeoPoint? Place, string? Country = null)
{
    private const int MostText = 200;

    public static ClientInfo Unknown { get; } = new(null, null, null);

    /// <summary>What is told, if it is what it should be.</summary>
    /// <param name="country">An ISO code or an English name.</param>
    public static ClientInfo Of(string? address, string? isp, string? country, GeoPoint? place) => new(
        IPAddress.TryParse(address, out _) ? address : null,
        isp is { Length: > MostText } ? isp[..MostText] : isp,
        place,
        Countries.Find(country)?.Code);

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
        return Of(address, isp, Text(info, "country"), place.Length == 2 ? DirectoryHttp.Place(DirectoryHttp.Degrees(place[0]), DirectoryHttp.Degrees(place[1])) : null);
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
