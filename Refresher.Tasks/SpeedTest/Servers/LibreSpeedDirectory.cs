using System.Text.Json;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>
/// Servers that run LibreSpeed's backend, from a list in LibreSpeed's form: an array of objects with <c>name</c>, <c>server</c>, <c>dlURL</c>, <c>ulURL</c>, <c>pingURL</c>,
/// <c>getIpURL</c> and <c>sponsorName</c> (https://github.com/librespeed/speedtest/blob/master/doc.md, and <c>defs/server.go</c> of librespeed/speedtest-cli).
/// </summary>
internal sealed class LibreSpeedDirectory : ISpeedDirectory
{
    /// <summary>Servers of a list that are taken.</summary>
    private const int Most = 2000;

    private const int MostText = 200;

    public string Name => "librespeed";

    public string Title => "LibreSpeed's public servers";

    public string Description =>
        "Volunteers and sponsors lend these servers to everybody; the list is kept by the LibreSpeed project. Be sparing: a few tests a day tell as much about a line as many. The address of a list of your own in the same form works too.";

    public Uri DefaultList { get; } = new("https://librespeed.org/backend-servers/servers.php");

    public async Task<IReadOnlyList<SpeedServer>> ReadAsync(Uri list, DirectoryHttp http, CancellationToken cancel)
    {
        using var json = await http.JsonAsync(list, cancel);
        return json.RootElement.ValueKind == JsonValueKind.Array && Read(json.RootElement, list) is { Count: > 0 } servers
            ? servers
            : throw new DirectoryException($"{list.Host} answers {list.AbsolutePath} with something that is no list of LibreSpeed servers.");
    }

    public async Task<ClientInfo> ClientAsync(SpeedServer server, DirectoryHttp http, CancellationToken cancel)
    {
        var answer = await http.GetAsync(server.IpUrl, cancel);
        try
        {
            return ClientInfo.Parse(answer.Text);
        }
        catch (JsonException)
        {
            throw new DirectoryException($"{server.Url.Host} tells nothing of who asks.");
        }
    }

    /// <summary>What of the list is a server: an entry that is none is left out, not a failure.</summary>
    internal static IReadOnlyList<SpeedServer> Read(JsonElement list, Uri from) =>
        [.. list.EnumerateArray().Take(Most).Select(item => Server(item, from)).OfType<SpeedServer>().DistinctBy(server => server.Key)];

    private static SpeedServer? Server(JsonElement item, Uri from)
    {
        var (name, address) = (Cut(DirectoryHttp.Text(item, "name")), DirectoryHttp.Text(item, "server"));

        // "//host/path" leaves the protocol to the page that shows it: the safe one, unless the list itself came without.
        if (name is null || !Uri.TryCreate(address?.StartsWith("//", StringComparison.Ordinal) == true ? $"{(from.Scheme == Uri.UriSchemeHttp ? from.Scheme : Uri.UriSchemeHttps)}:{address}" : address, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return null;
        }

        var place = ServerPlace.Of(name);
        var usual = new SpeedServer { Url = url };
        return new SpeedServer
        {
            Url = url,
            Name = name,
            Sponsor = Cut(DirectoryHttp.Text(item, "sponsorName")) ?? ServerPlace.SponsorIn(name),
            City = place.City,
            Country = place.Country?.Name,
            CountryCode = place.Country?.Code,
            Latitude = place.Country?.Middle.Latitude,
            Longitude = place.Country?.Middle.Longitude,
            Precision = place.Country is null ? PlacePrecision.Unknown : PlacePrecision.Country,
            DownloadPath = Path(item, "dlURL") ?? usual.DownloadPath,
            UploadPath = Path(item, "ulURL") ?? usual.UploadPath,
            PingPath = Path(item, "pingURL") ?? usual.PingPath,
            IpPath = Path(item, "getIpURL") ?? usual.IpPath,
        };
    }

    /// <summary>Below the server's address; one that leads elsewhere is not taken.</summary>
    private static string? Path(JsonElement item, string name) =>
        DirectoryHttp.Text(item, name) is { Length: <= MostText } path && !path.Contains("://", StringComparison.Ordinal) && !path.StartsWith("//", StringComparison.Ordinal) ? path.TrimStart('/') : null;

    private static string? Cut(string? text) => text is { Length: > MostText } ? text[..MostText] : text;
}
