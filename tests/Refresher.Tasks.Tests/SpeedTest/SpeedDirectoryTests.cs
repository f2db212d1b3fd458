using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Servers;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>Lists of servers in the forms that their publishers document, given by a server of the test's own.</summary>
public sealed class SpeedDirectoryTests : IDisposable
{
    private const string LibreSpeedList = """
        [
          {"id": 1, "name": "Amsterdam, Netherlands (Example Hosting)", "server": "//ams.speed.example.net/backend", "dlURL": "garbage.php", "ulURL": "empty.php", "pingURL": "empty.php", "getIpURL": "getIP.php", "sponsorName": "Example Hosting", "sponsorURL": "https://example.net"},
          {"id": 2, "name": "Los Angeles, United States (2) (Example)", "server": "https://la.speed.example.net/", "dlURL": "/backend/garbage.php", "ulURL": "backend/empty.php", "pingURL": "backend/empty.php", "getIpURL": "backend/getIP.php"},
          {"id": 3, "name": "Nowhere in particular", "server": "http://203.0.113.9/speed"},
          {"id": 4, "name": "No address"},
          {"id": 5, "name": "Not the web", "server": "ftp://example.net/"},
          {"id": 6, "name": "Amsterdam again", "server": "https://ams.speed.example.net/backend/"}
        ]
        """;

    private const string Trace = "fl=1f1\nh=speed.example.net\nip=192.0.2.7\nts=1700000000.1\nvisit_scheme=https\nuag=x\ncolo=FRA\nsliver=none\nhttp=http/1.1\nloc=DE\ntls=TLSv1.3\n";

    private const string Locations = """[{"iata":"CDG","lat":49.0127983093,"lon":2.5499999523,"cca2":"FR","region":"Europe","city":"Paris"},{"iata":"FRA","lat":50.0264015198,"lon":8.543129921,"cca2":"DE","region":"Europe","city":"Frankfurt"}]""";

    private const string Meta = """{"hostname":"speed.example.net","clientIp":"192.0.2.7","httpProtocol":"HTTP/1.1","asn":64496,"asOrganization":"Example Net","colo":"FRA","country":"DE","city":"Berlin","latitude":"52.52000","longitude":"13.40500"}""";

    private readonly DirectoryHttp _http = new(new AddressGuard(Options.Create(new AddressGuardOptions())), TimeProvider.System);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_list_of_LibreSpeed_servers_is_read_with_city_country_and_sponsor()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync(LibreSpeedList));

        var servers = await new LibreSpeedDirectory().ReadAsync(server.Url, _http, default);

        Assert.Equal(["http://ams.speed.example.net/backend", "https://la.speed.example.net", "http://203.0.113.9/speed", "https://ams.speed.example.net/backend"], servers.Select(one => one.Key));
        var (amsterdam, angeles, nowhere) = (servers[0], servers[1], servers[2]);
        Assert.Equal(("Amsterdam", "NL", "Example Hosting", PlacePrecision.Country), (amsterdam.City, amsterdam.CountryCode, amsterdam.Sponsor, amsterdam.Precision));
        Assert.Equal(52.3, amsterdam.Latitude!.Value, 1.0);
        Assert.Equal(("Los Angeles", "US", "Example"), (angeles.City, angeles.CountryCode, angeles.Sponsor));
        Assert.Equal("https://la.speed.example.net/backend/garbage.php?ckSize=5", angeles.DownloadUrl(5).ToString());
        Assert.Equal((null, null, PlacePrecision.Unknown), (nowhere.City, nowhere.Latitude, nowhere.Precision));
    }

    [Fact]
    public void An_address_without_a_protocol_is_the_safe_one_where_the_list_came_safely()
    {
        using var json = System.Text.Json.JsonDocument.Parse(LibreSpeedList);

        Assert.Equal("https://ams.speed.example.net/backend", LibreSpeedDirectory.Read(json.RootElement, new Uri("https://lists.example.net/servers.php"))[0].Key);
    }

    [Theory]
    [InlineData("<html>Not found</html>", "no JSON")]
    [InlineData("{\"servers\": []}", "no list of LibreSpeed servers")]
    [InlineData("[]", "no list of LibreSpeed servers")]
    public async Task What_is_no_list_is_told(string answer, string says)
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync(answer));

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => new LibreSpeedDirectory().ReadAsync(server.Url, _http, default));

        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_says_too_many_requests_says_for_how_long_and_hears_our_name()
    {
        string? agent = null;
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            agent = http.Request.Headers.UserAgent;
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "120");
            return Task.CompletedTask;
        });

        var failed = await Assert.ThrowsAsync<DirectoryException>(() => new LibreSpeedDirectory().ReadAsync(server.Url, _http, default));

        Assert.Equal(TimeSpan.FromSeconds(120), failed.RetryAfter);
        Assert.StartsWith("Refresher/", agent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cloudflare_is_one_server_that_stands_where_its_data_centre_does()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync(http.Request.Path.Value switch { "/cdn-cgi/trace" => Trace, "/locations" => Locations, "/meta" => Meta, _ => "" }));
        var directory = new CloudflareDirectory();

        var found = Assert.Single(await directory.ReadAsync(server.Url, _http, default));
        var client = await directory.ClientAsync(found, _http, default);

        Assert.Equal(("Cloudflare, Frankfurt", "DE", PlacePrecision.City), (found.Name, found.CountryCode, found.Precision));
        Assert.Equal(50.03, found.Latitude!.Value, 0.01);
        Assert.Equal("/__down?bytes=99000000", found.DownloadUrl(1024).PathAndQuery);
        Assert.Equal("/__down?bytes=1048576", found.DownloadUrl(1).PathAndQuery);
        Assert.Equal("/__up", found.UploadUrl.PathAndQuery);
        Assert.Equal(new ClientInfo("192.0.2.7", "Example Net", new GeoPoint(52.52, 13.405), "DE"), client);
    }

    [Fact]
    public async Task Where_Cloudflare_tells_of_the_caller_only_in_headers_they_are_read()
    {
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            var headers = http.Response.Headers;
            (headers["cf-meta-ip"], headers["cf-meta-asn"], headers["cf-meta-country"], headers["cf-meta-latitude"], headers["cf-meta-longitude"]) = ("192.0.2.7", "64496", "DE", "52.52", "13.405");
            return http.Response.WriteAsync(http.Request.Path.Value switch { "/cdn-cgi/trace" => Trace, "/locations" => "no", "/meta" => "{}", _ => "" });
        });
        var directory = new CloudflareDirectory();

        var found = Assert.Single(await directory.ReadAsync(server.Url, _http, default));
        var client = await directory.ClientAsync(found, _http, default);

        Assert.Equal(("Cloudflare, FRA", PlacePrecision.Unknown), (found.Name, found.Precision));
        Assert.Equal(new ClientInfo("192.0.2.7", "AS64496", new GeoPoint(52.52, 13.405), "DE"), client);
    }

    [Theory]
    [InlineData("Amsterdam, Netherlands (Sponsor)", "Amsterdam", "NL")]
    [InlineData("Helsinki, Finland (3) (Hetzner)", "Helsinki", "FI")]
    [InlineData("Bangalore, India 2 (Someone)", "Bangalore", "IN")]
    [InlineData("Virginia, United States, Somebody", "Virginia", "US")]
    [InlineData("Singapore (Someone)", null, "SG")]
    [InlineData("Prague, Czech Republic", "Prague", "CZ")]
    [InlineData("London, England", null, null)]
    public void A_name_tells_city_and_country(string name, string? city, string? country)
    {
        var place = ServerPlace.Of(name);

        Assert.Equal((city, country), (place.City, place.Country?.Code));
    }
}
