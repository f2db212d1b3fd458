using System.Net;
using System.Net.Sockets;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Requests_are_counted_by_route_and_probes_are_not()
    {
        await using var host = await SampleHost.Start("http://127.0.0.1:0", "0");
        using var client = new HttpClient();
        await client.GetAsync(new Uri($"{host.Addresses[0]}/page"));
        await client.GetAsync(new Uri($"{host.Addresses[0]}/health"));

        using var response = await client.GetAsync(new Uri($"{host.Addresses[1]}/metrics"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/page\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/health", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_gc_collections_total counter", text, StringComparison.Ordinal);
        Assert.Contains("service_name=\"sample\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_servers_that_are_called_are_one_series()
    {
        await using var host = await SampleHost.Start("http://127.0.0.1:0", "0");
        using var client = new HttpClient();
        await client.GetAsync(new Uri($"{host.Addresses[0]}/page"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{ClosedPort()}/")));

        var text = await client.GetStringAsync(new Uri($"{host.Addresses[1]}/metrics"));
        var calls = text.Split('\n').Where(line => line.StartsWith("http_client_", StringComparison.Ordinal)).ToList();

        Assert.Contains(calls, line => line.StartsWith("http_client_request_duration_seconds_count{", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, line => line.Contains("server_", StringComparison.Ordinal) || line.Contains("peer", StringComparison.Ordinal));
        Assert.Contains(calls, line => line.Contains("le=\"0.005\"", StringComparison.Ordinal));
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
