using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace StandIns.Tests;

public sealed class RedisClientTests
{
    [Fact]
    public async Task A_server_that_is_down_at_the_start_is_no_error_but_unhealthy()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:redis"] = $"127.0.0.1:{FreePort()},password=secret,connectTimeout=200,connectRetry=0";
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.False(connection.IsConnected);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["StackExchange.Redis"].Status);
    }

    [Fact]
    public void A_connection_string_may_ask_for_an_error_instead()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:redis"] = $"127.0.0.1:{FreePort()},abortConnect=true,connectTimeout=200,connectRetry=0";
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        Assert.Throws<RedisConnectionException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());
    }

    [Fact]
    public void Options_come_from_the_configuration_and_then_from_the_caller()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:redis"] = $"127.0.0.1:{FreePort()},connectTimeout=200,connectRetry=0";
        builder.Configuration["Aspire:StackExchange:Redis:ConfigurationOptions:ClientName"] = "configured";
        builder.Configuration["Aspire:StackExchange:Redis:redis:ConfigurationOptions:KeepAlive"] = "17";
        ConfigurationOptions? seen = null;
        builder.AddRedisClient("redis", configureOptions: options => seen = options);
        using var host = builder.Build();

        _ = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Equal(("configured", 17, false), (seen?.ClientName, seen?.KeepAlive, seen?.AbortOnConnectFail));
    }

    [Fact]
    public void A_missing_connection_string_is_told_by_its_key()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        var missing = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());

        Assert.Contains("ConnectionStrings:redis", missing.Message, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
