using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>Where Prometheus finds the processes.</summary>
public sealed class PrometheusTargetsTests
{
    [Fact]
    public async Task Every_process_with_metrics_is_a_target_named_by_role_and_node()
    {
        var api = new ApiHost { ManagementPort = FreePort() };
        await api.InitializeAsync();
        await using var _ = api;
        await using var __ = api.Database;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{api.ManagementPort}") };
        var groups = await Eventually.SeeAsync(() => client.GetFromJsonAsync<JsonElement>("/internal/prometheus-targets"), found => found.GetArrayLength() > 0);
        Assert.Equal($"127.0.0.1:{api.ManagementPort}", groups[0].GetProperty("targets")[0].GetString());
        Assert.Equal("refresher-api", groups[0].GetProperty("labels").GetProperty("job").GetString());
        Assert.Contains("# TYPE", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await client.GetAsync("/api/v1/kinds")).StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
