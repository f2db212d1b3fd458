using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace StandIns.Tests;

public sealed class KafkaClientTests
{
    [Fact]
    public async Task A_broker_that_is_down_at_the_start_is_no_error_but_unhealthy()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = $"127.0.0.1:{FreePort()}";
        builder.AddKafkaProducer<string, string>("kafka");
        builder.AddKafkaConsumer<string, string>("kafka", settings => settings.Config.GroupId = "readers");
        using var host = builder.Build();

        Assert.NotNull(host.Services.GetRequiredService<IProducer<string, string>>());
        Assert.NotNull(host.Services.GetRequiredService<IConsumer<string, string>>());
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, report.Entries["Aspire.Confluent.Kafka.Producer"].Status);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["Aspire.Confluent.Kafka.Consumer"].Status);
    }

    [Fact]
    public void Settings_come_from_the_section_then_from_the_connections_own_and_then_from_the_caller()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = "broker:9093";
        builder.Configuration["Aspire:Confluent:Kafka:Producer:Config:SecurityProtocol"] = "SaslSsl";
        builder.Configuration["Aspire:Confluent:Kafka:Producer:Config:SaslUsername"] = "anyone";
        builder.Configuration["Aspire:Confluent:Kafka:Producer:kafka:Config:SaslUsername"] = "refresher";
        builder.Configuration["Aspire:Confluent:Kafka:Producer:Config:SslCaPem"] = "-----BEGIN CERTIFICATE-----";
        ProducerConfig? seen = null;
        builder.AddKafkaProducer<string, string>("kafka", settings =>
        {
            settings.Config.LingerMs = 7;
            seen = settings.Config;
        });

        Assert.Equal(
            ("broker:9093", SecurityProtocol.SaslSsl, "refresher", "-----BEGIN CERTIFICATE-----", 7),
            (seen?.BootstrapServers, seen?.SecurityProtocol, seen?.SaslUsername, seen?.SslCaPem, seen?.LingerMs));
    }

    [Fact]
    public void A_missing_broker_or_group_is_told_at_the_first_use()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddKafkaProducer<string, string>("kafka", settings => settings.DisableHealthChecks = true);
        builder.AddKafkaConsumer<string, string>("kafka", settings => settings.ConnectionString = "broker:9092");
        using var host = builder.Build();

        Assert.Contains("bootstrap", Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IProducer<string, string>>()).Message, StringComparison.Ordinal);
        Assert.Contains("group", Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConsumer<string, string>>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_that_is_not_wanted_is_not_there()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = "broker:9092";
        builder.AddKafkaProducer<string, string>("kafka", settings => settings.DisableHealthChecks = true);
        using var host = builder.Build();

        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
