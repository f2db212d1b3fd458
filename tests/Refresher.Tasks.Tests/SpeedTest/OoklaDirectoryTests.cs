using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Servers;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>Ookla's servers: by their list and protocol, and not before their terms are accepted.</summary>
public sealed class OoklaDirectoryTests : IAsyncLifetime
{
    private static readonly SpeedTestOptions Small = new() { Duration = TimeSpan.FromSeconds(1), MaxMegabytes = 4, MaxStreams = 2 };

    private readonly SpeedTestFixture _tests = new();

    public Task InitializeAsync() => _tests.InitializeAsync();

    public Task DisposeAsync() => _tests.DisposeAsync();

    [Fact]
    public async Task Ooklas_list_has_cities_with_coordinates_and_where_each_part_of_a_test_lies()
    {
        await using var server = await FakeHttpServer.StartAsync(request => request.Response.WriteAsync("""
            [
              { "url": "http://speed.example.net:8080/speedtest/upload.php", "lat": "53.5511", "lon": "9.9937", "distance": 12, "name": "Hamburg", "country": "Germany", "cc": "DE", "sponsor": "Example Net", "id": "4711", "preferred": 0, "https_functional": 1, "host": "speed.example.net:8080" },
              { "url": "http://speed.example.net:8080/speedtest/upload.php", "name": "Twice" },
              { "url": "ftp://elsewhere.example/upload.php", "name": "No HTTP" },
              { "url": "http://user@elsewhere.example/upload.php", "name": "With a name" },
              { "name": "No address" },
              7
            ]
            """));
        var directory = new OoklaDirectory();
        using var http = new DirectoryHttp(new AddressGuard(Options.Create(new AddressGuardOptions())), TimeProvider.System);

        var found = Assert.Single(await directory.ReadAsync(server.Url, http, default));

        Assert.Equal(("Example Net, Hamburg", "Example Net", "Hamburg", "Germany", "DE", PlacePrecision.City), (found.Name, found.Sponsor, found.City, found.Country, found.CountryCode, found.Precision));
        Assert.Equal((53.5511, 9.9937), (found.Latitude!.Value, found.Longitude!.Value));
        Assert.Equal("http://speed.example.net:8080/speedtest/random4000x4000.jpg", found.DownloadUrl(1024).ToString());
        Assert.Equal("http://speed.example.net:8080/speedtest/upload.php", found.UploadUrl.ToString());
        Assert.Equal("http://speed.example.net:8080/speedtest/latency.txt", found.PingUrl.ToString());
        await Assert.ThrowsAsync<DirectoryException>(() => directory.ClientAsync(found, http, default));
        await using var page = await FakeHttpServer.StartAsync(request => request.Response.WriteAsync("{}"));
        Assert.Contains("no list of Ookla's servers", (await Assert.ThrowsAsync<DirectoryException>(() => directory.ReadAsync(page.Url, http, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ookla_is_asked_for_nothing_before_its_terms_are_accepted_and_then_measured_by_its_protocol()
    {
        var asked = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        await using var server = await FakeHttpServer.StartAsync(app => ((IApplicationBuilder)app).Run(async http =>
        {
            asked[$"{http.Request.Method} {http.Request.Path}"] = true;
            switch (http.Request.Path.Value)
            {
                case "/list":
                    await http.Response.WriteAsync($$"""[{"url": "http://{{http.Request.Host}}/speedtest/upload.php", "lat": "53.55", "lon": "9.99", "name": "Hamburg", "cc": "DE", "sponsor": "Lent"}]""");
                    break;
                case "/speedtest/latency.txt":
                    await http.Response.WriteAsync("test=test");
                    break;
                case "/speedtest/random4000x4000.jpg":
                    http.Response.ContentType = "image/jpeg";
                    await http.Response.Body.WriteAsync(new byte[1_000_000]);
                    break;
                case "/speedtest/upload.php":
                    await http.Request.Body.CopyToAsync(Stream.Null);
                    await http.Response.WriteAsync("size=500");
                    break;
                default:
                    http.Response.StatusCode = 404;
                    break;
            }
        }));
        var list = new Uri(server.Url, "list").ToString();
        await WithAsync(async services =>
        {
            var commands = services.GetRequiredService<ServerCommands>();
            var refused = await commands.SetAsync("ookla", new DirectoryInput { ListUrl = list, Enabled = true }, default);
            Assert.Contains("https://www.speedtest.net/about/terms", Assert.Single(refused.Errors!.Of("acceptTerms")), StringComparison.Ordinal);
        });
        await using (var configured = _tests.Services([new("SpeedTest:Directories:0", "ookla")]))
        {
            await using var scope = configured.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ServerCommands>().SetAsync("ookla", new DirectoryInput { ListUrl = list }, default);
            Assert.Empty(await scope.ServiceProvider.GetRequiredService<ServerPool>().ListAsync([], default));
        }

        Assert.Empty(asked);
        await WithAsync(async services => Assert.NotNull((await services.GetRequiredService<ServerCommands>().SetAsync("ookla", new DirectoryInput { Enabled = true, AcceptTerms = true }, default)).Value!.TermsAcceptedAt));

        Assert.IsType<RunOutcome.SuccessOutcome>(await RunAsync(Small));

        Assert.Equal(
            ["GET /list", "GET /speedtest/latency.txt", "GET /speedtest/random4000x4000.jpg", "POST /speedtest/upload.php"],
            asked.Keys.Order(StringComparer.Ordinal));
        await WithAsync(async services =>
        {
            var test = await services.GetRequiredService<RefresherDb>().Set<SpeedTestResult>().SingleAsync();
            Assert.True(test.Download!.Mbps > 0 && test.Upload!.Mbps > 0);
            Assert.Equal("ookla", test.Server!.Directory);
        });
    }

    private async Task<RunOutcome> RunAsync(SpeedTestOptions options)
    {
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<SpeedTestTask>(scope.ServiceProvider).RunAsync(options, new RunHarness(), default);
    }

    private async Task WithAsync(Func<IServiceProvider, Task> act)
    {
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        await act(scope.ServiceProvider);
    }
}
