using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP and keeps the names of what it was sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public ConcurrentBag<string> Spans { get; } = [];

    public ConcurrentBag<string> Metrics { get; } = [];

    public ConcurrentBag<string> Logs { get; } = [];

    public ConcurrentBag<string> Services { get; } = [];

    public static async Task<OtlpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");

        // Paths of field numbers: https://github.com/open-telemetry/opentelemetry-proto
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", request => receiver.Keep(request, receiver.Spans, 1, 2, 2, 5));
        app.MapPost("/v1/metrics", request => receiver.Keep(request, receiver.Metrics, 1, 2, 2, 1));
        app.MapPost("/v1/logs", request => receiver.Keep(request, receiver.Logs, 1, 2, 2, 5, 1));
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Keep(HttpContext context, ConcurrentBag<string> names, params int[] path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var name in Protobuf.Strings(body.ToArray(), path))
        {
            names.Add(name);
        }

        // resource, attributes, value, string
        foreach (var value in Protobuf.Strings(body.ToArray(), 1, 1, 1, 2, 1))
        {
            Services.Add(value);
        }
    }
}
