using System.Text.Json;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>
/// The end points that Cloudflare's own speed test uses: <c>/__down?bytes=</c> and <c>/__up</c>, answered by the data centre that is nearest in the network
/// (https://github.com/cloudflare/speedtest). Which one that is tells <c>/cdn-cgi/trace</c> (<c>colo=FRA</c>), where it stands <c>/locations</c>, and what is known of the caller <c>/meta</c>
/// and the <c>cf-meta-*</c> headers of <c>/__down</c>.
/// </summary>
internal sealed class CloudflareDirectory : ISpeedDirectory
{
    public string Name => "cloudflare";

    public string Title => "Cloudflare";

    public string Description =>
        "One address that the nearest of Cloudflare's data centres answers; it sees your line's address. Its use is subject to Cloudflare's terms, and too many tests are answered with \"too many requests\": the server then rests as long as it asks.";

    public Uri DefaultList { get; } = new("https://speed.cloudflare.com/");

    /// <summary>One server; where it stands is left open when it does not say.</summary>
    public async Task<IReadOnlyList<SpeedServer>> ReadAsync(Uri list, DirectoryHttp http, CancellationToken cancel)
    {
        var trace = Trace((await http.GetAsync(new Uri(list, "cdn-cgi/trace"), cancel)).Text);
        var centre = trace.GetValueOrDefault("colo") is { Length: > 0 } colo
            ? await CentreAsync(list, colo, http, cancel)
            : throw new DirectoryException($"{list.Host} answers /cdn-cgi/trace without saying which data centre it is.");
        return [Server(list, colo, centre)];
    }

    public async Task<ClientInfo> ClientAsync(SpeedServer server, DirectoryHttp http, CancellationToken cancel)
    {
        using var json = await http.JsonAsync(new Uri(server.Url, "meta"), cancel);
        var meta = json.RootElement;
        if (DirectoryHttp.Text(meta, "clientIp") is { } address)
        {
            return ClientInfo.Of(address, DirectoryHttp.Text(meta, "asOrganization"), DirectoryHttp.Text(meta, "country"), DirectoryHttp.Place(DirectoryHttp.Number(meta, "latitude"), DirectoryHttp.Number(meta, "longitude")));
        }

        var headers = await http.GetAsync(server.PingUrl, cancel);
        return ClientInfo.Of(
            headers.Header("cf-meta-ip"),
            headers.Header("cf-meta-asn") is { } number ? $"AS{number}" : null,
            headers.Header("cf-meta-country"),
            DirectoryHttp.Place(DirectoryHttp.Degrees(headers.Header("cf-meta-latitude")), DirectoryHttp.Degrees(headers.Header("cf-meta-longitude"))));
    }

    /// <summary>Lines of <c>name=value</c>.</summary>
    internal static Dictionary<string, string> Trace(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static async Task<JsonElement?> CentreAsync(Uri list, string colo, DirectoryHttp http, CancellationToken cancel)
    {
        try
        {
            using var json = await http.JsonAsync(new Uri(list, "locations"), cancel);
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? json.RootElement.EnumerateArray().Where(item => DirectoryHttp.Text(item, "iata") == colo).Select(item => (JsonElement?)item.Clone()).FirstOrDefault()
                : null;
        }
        catch (DirectoryException failed) when (failed.RetryAfter is null)
        {
            return null;
        }
    }

    private SpeedServer Server(Uri list, string colo, JsonElement? centre)
    {
        var city = centre is { } known ? DirectoryHttp.Text(known, "city") : null;
        var country = Countries.Find(centre is { } at ? DirectoryHttp.Text(at, "cca2") : null);
        var point = centre is { } place ? DirectoryHttp.Place(DirectoryHttp.Number(place, "lat"), DirectoryHttp.Number(place, "lon")) : null;
        return new SpeedServer
        {
            Url = list,
            Name = $"Cloudflare, {city ?? colo}",
            Sponsor = Title,
            City = city,
            Country = country?.Name,
            CountryCode = country?.Code,
            Latitude = point?.Latitude,
            Longitude = point?.Longitude,
            Precision = point is null ? PlacePrecision.Unknown : PlacePrecision.City,
            Protocol = SpeedProtocol.Cloudflare,
            DownloadPath = "__down",
            UploadPath = "__up",
            PingPath = "__down?bytes=0",
            IpPath = "meta",
        };
    }
}
