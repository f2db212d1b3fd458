using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Options;

namespace Refresher.ServiceDefaults.Tests.Management;

public sealed class ManagementPortTests : IDisposable
{
    private const string FreePort = "http://127.0.0.1:0";

    private readonly HttpClient _client = new();

    [Theory]
    [InlineData("/metrics", 404, 200)]
    [InlineData("/internal/sample", 404, 200)]
    [InlineData("/health", 200, 200)]
    [InlineData("/alive", 200, 200)]
    [InlineData("/page", 200, 404)]
    public async Task An_end_point_answers_on_its_own_ports_only(string path, int onPublic, int onManagement)
    {
        await using var host = await SampleHost.Start(FreePort, "0");

        Assert.Equal(2, host.Addresses.Count);
        Assert.Equal((onPublic, onManagement), (await Status(host.Addresses[0] + path), await Status(host.Addresses[1] + path)));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("Forwarded")]
    public async Task No_header_brings_the_public_to_the_management_port(string header)
    {
        await using var host = await SampleHost.Start(FreePort, "0");
        var management = new Uri(host.Addresses[1]);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{host.Addresses[0]}/metrics");
        request.Headers.TryAddWithoutValidation(header, header switch
        {
            "X-Forwarded-Port" => $"{management.Port}",
            "Forwarded" => $"host={management.Authority}",
            _ => management.Authority,
        });

        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_host_with_no_public_address_listens_on_the_management_port_alone()
    {
        await using var host = await SampleHost.Start("", "0");

        var address = Assert.Single(host.Addresses);
        Assert.Equal($"internal on {new Uri(address).Port}", await _client.GetStringAsync($"{address}/internal/sample"));
    }

    [Fact]
    public async Task Without_a_management_port_nobody_reads_the_metrics()
    {
        await using var host = await SampleHost.Start(FreePort, null);

        var address = Assert.Single(host.Addresses);
        Assert.Equal((404, 404, 200), (await Status($"{address}/metrics"), await Status($"{address}/internal/sample"), await Status($"{address}/health")));
    }

    [Fact]
    public async Task End_points_of_the_servers_own_configuration_keep_the_management_port_beside_them()
    {
        var port = TakePort();
        await using var host = await SampleHost.Start("", $"{port}", settings: KeyValuePair.Create<string, string?>("Kestrel:Endpoints:Public:Url", FreePort));

        Assert.Equal(2, host.Addresses.Count);
        var open = host.Addresses.Single(address => new Uri(address).Port != port);
        Assert.Equal((200, 404, 200), (await Status($"http://127.0.0.1:{port}/metrics"), await Status($"{open}/metrics"), await Status($"{open}/page")));
    }

    [Fact]
    public async Task A_management_port_that_is_public_too_is_refused()
    {
        var port = TakePort();
        await using var app = SampleHost.Build([new("urls", $"http://127.0.0.1:{port}"), new("Management:Port", $"{port}")]);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains($"Management:Port is {port}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_none_is_told_by_its_key()
    {
        await using var app = SampleHost.Build([new("urls", FreePort), new("Management:Port", "70000")]);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains("Management:Port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_test_server_the_connection_says_by_which_port_it_came()
    {
        await using var app = SampleHost.Build([new("Management:Port", "9100")], builder => builder.WebHost.UseTestServer());
        await app.StartAsync();
        var server = app.GetTestServer();

        var management = await server.SendAsync(request => Ask(request, "/metrics", port: 9100));
        var open = await server.SendAsync(request => Ask(request, "/metrics", port: 0));

        Assert.Equal((200, 404), (management.Response.StatusCode, open.Response.StatusCode));
    }

    public void Dispose() => _client.Dispose();

    private static void Ask(HttpContext request, string path, int port)
    {
        request.Request.Method = HttpMethods.Get;
        request.Request.Path = path;
        request.Connection.LocalPort = port;
    }

    private static int TakePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<int> Status(string url)
    {
        using var response = await _client.GetAsync(new Uri(url));
        return (int)response.StatusCode;
    }
}
