using System.Text.Json;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>
/// Ookla's public servers over plain HTTP, as clients from before its own program use them: the list is an array of objects with <c>url</c> (of <c>upload.php</c>), <c>lat</c>, <c>lon</c>,
/// <c>name</c> (the city), <c>country</c>, <c>cc</c> and <c>sponsor</c>; beside <c>upload.php</c> lie <c>latency.txt</c> and pictures of noise (https://github.com/sivel/speedtest-cli, <c>speedtest.py</c>).
/// </summary>
internal sealed class OoklaDirectory : ISpeedDirectory
{
    /// <summary>Servers of a list that are taken.</summary>
    private const int Most = 500;

    private const int MostText = 200;

    /// <summary>Of one upload: the most that such clients send.</summary>
    private const long UploadBytes = 7 * 1024 * 1024;

    public string Name => "ookla";

    public string Title => "Ookla's public servers";

    public string Description =>
        "The nearest servers of Speedtest by Ookla, over HTTP. Ookla's terms allow personal, not commercial use, and have to be accepted before anything is asked. The servers tell nothing of your line's address or provider.";

    public Uri? Terms { get; } = new("https://www.speedtest.net/about/terms");

    public Uri DefaultList { get; } = new("https://www.speedtest.net/api/js/servers?engine=js&limit=100");

    public async Task<IReadOnlyList<SpeedServer>> ReadAsync(Uri list, DirectoryHttp http, CancellationToken cancel)
    {
        using var json = await http.JsonAsync(list, cancel);
        return json.RootElement.ValueKind == JsonValueKind.Array && Read(json.RootElement) is { Count: > 0 } servers
            ? servers
            : throw new DirectoryException($"{list.Host} answers {list.AbsolutePath} with something that is no list of Ookla's servers.");
    }

    /// <summary>What is known of the caller stands on other pages of Ookla's than a test needs.</summary>
    public Task<ClientInfo> ClientAsync(SpeedServer server, DirectoryHttp http, CancellationToken cancel) =>
        Task.FromException<ClientInfo>(new DirectoryException($"{server.Url.Host} tells nothing of who asks."));

    /// <summary>What of the list is a server: an entry that is none is left out, not a failure.</summary>
    internal static IReadOnlyList<SpeedServer> Read(JsonElement list) =>
        [.. list.EnumerateArray().Take(Most).Select(Server).OfType<SpeedServer>().DistinctBy(server => server.Key)];

    private static SpeedServer? Server(JsonElement item)
    {
        if (!Uri.TryCreate(DirectoryHttp.Text(item, "url"), UriKind.Absolute, out var upload) || (upload.Scheme != Uri.UriSchemeHttp && upload.Scheme != Uri.UriSchemeHttps) || upload.UserInfo.Length > 0)
        {
            return null;
        }

        var city = Cut(DirectoryHttp.Text(item, "name"));
        var country = Countries.Find(DirectoryHttp.Text(item, "cc") ?? DirectoryHttp.Text(item, "country"));
        var sponsor = Cut(DirectoryHttp.Text(item, "sponsor"));
        var place = DirectoryHttp.Place(DirectoryHttp.Number(item, "lat"), DirectoryHttp.Number(item, "lon"));
        return new SpeedServer
        {
            Url = new Uri(upload, "."),
            Name = string.Join(", ", new[] { sponsor, city }.OfType<string>()),
            Sponsor = sponsor,
            City = city,
            Country = country?.Name,
            CountryCode = country?.Code,
            Latitude = place?.Latitude,
            Longitude = place?.Longitude,
            Precision = place is null ? PlacePrecision.Unknown : PlacePrecision.City,
            Protocol = SpeedProtocol.Ookla,
            DownloadPath = "random4000x4000.jpg",
            UploadPath = upload.Segments[^1],
            PingPath = "latency.txt",
            UploadBytes = UploadBytes,
        };
    }

    private static string? Cut(string? text) => text is { Length: > MostText } ? text[..MostText] : text;
}
