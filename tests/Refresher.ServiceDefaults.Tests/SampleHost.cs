using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Refresher.ServiceDefaults.Management;

namespace Refresher.ServiceDefaults.Tests;

/// <summary>A host as the program's are: a public page, an internal end point, the defaults; on free ports of the loopback interface.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    private SampleHost(WebApplication app) => App = app;

    public WebApplication App { get; }

    /// <summary>The addresses that were bound, in their order: the management port is the last.</summary>
    public IReadOnlyList<string> Addresses => [.. App.Urls];

    public static WebApplication Build(IEnumerable<KeyValuePair<string, string?>> settings, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "sample", EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("http_ports", ""), new("https_ports", ""), new("OTEL_EXPORTER_OTLP_ENDPOINT", "")]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/page", () => "public");
        app.MapManagement().MapGet("/internal/sample", (ManagementPort port) => $"internal on {port.Number}");
        return app;
    }

    public static async Task<SampleHost> Start(string urls, string? managementPort, Action<WebApplicationBuilder>? configure = null, params KeyValuePair<string, string?>[] settings)
    {
        var host = new SampleHost(Build([new("urls", urls), new("Management:Port", managementPort), .. settings], configure));
        await host.App.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
