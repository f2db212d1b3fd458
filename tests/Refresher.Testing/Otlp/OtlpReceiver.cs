using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Refresher.Testing.Otlp;

/// <summary>A span as a collector was sent it. Ids are hexadecimal; a root has no parent.</summary>
/// <param name="Links">Ids of the traces it is linked to.</param>
public sealed record OtlpSpan(string Service, string Name, string Trace, string Id, string? Parent, IReadOnlyList<string> Links, IReadOnlyDictionary<string, string> Tags);

/// <summary>A point of a metric. A histogram's value is its count.</summary>
/// <param name="Traces">Of a histogram's exemplars.</param>
public sealed record OtlpPoint(string Service, string Metric, double Value, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Traces);

/// <param name="Trace">The trace in which it was written; null when in none.</param>
public sealed record OtlpLog(string Service, string Text, string? Trace, string? Span);

/// <summary>A collector that takes OTLP over HTTP and keeps what it was sent. Field numbers: https://github.com/open-telemetry/opentelemetry-proto.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public ConcurrentQueue<OtlpSpan> Spans { get; } = [];

    public ConcurrentQueue<OtlpPoint> Points { get; } = [];

    public ConcurrentQueue<OtlpLog> Logs { get; } = [];

    /// <summary>What the processes said about themselves: every value of their resources.</summary>
    public ConcurrentDictionary<string, bool> Resources { get; } = new(StringComparer.Ordinal);

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", context => receiver.KeepAsync(context, receiver.KeepSpan));
        app.MapPost("/v1/metrics", context => receiver.KeepAsync(context, receiver.KeepMetric));
        app.MapPost("/v1/logs", context => receiver.KeepAsync(context, receiver.KeepLog));
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Environment variables that have a process send everything here, and soon.</summary>
    public IReadOnlyDictionary<string, string> Settings() => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>Requests have, for traces, metrics and logs alike: resources (1), each with its attributes (1.1) and scopes (2), each with its items (2).</summary>
    private async Task KeepAsync(HttpContext context, Action<string, ProtobufMessage> keep)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var resource in new ProtobufMessage(body.ToArray()).All(1))
        {
            var attributes = resource.All(1, 1).SelectMany(Tags).ToList();
            attributes.ForEach(attribute => Resources[attribute.Value] = true);
            var service = attributes.Where(attribute => attribute.Key == "service.name").Select(attribute => attribute.Value).FirstOrDefault() ?? "";
            foreach (var item in resource.All(2, 2))
            {
                keep(service, item);
            }
        }
    }

    private void KeepSpan(string service, ProtobufMessage span) => Spans.Enqueue(new OtlpSpan(
        service, span.Text(5) ?? "", span.Hex(1) ?? "", span.Hex(2) ?? "", span.Hex(4), [.. span.All(13).Select(link => link.Hex(1) ?? "")], TagsOf(span, 9)));

    /// <summary>Gauge (5) and sum (7) have points (1) with a double (4) or an integer (6) and attributes (7), a histogram (9) points with a count (4), exemplars (8), each in a trace (5), and attributes (9).</summary>
    private void KeepMetric(string service, ProtobufMessage metric)
    {
        var name = metric.Text(1) ?? "";
        foreach (var point in metric.All(5, 1).Concat(metric.All(7, 1)))
        {
            var value = point.Number(4) is { } bits ? BitConverter.UInt64BitsToDouble(bits) : (long)(point.Number(6) ?? 0);
            Points.Enqueue(new OtlpPoint(service, name, value, TagsOf(point, 7), []));
        }

        foreach (var point in metric.All(9, 1))
        {
            Points.Enqueue(new OtlpPoint(service, name, point.Number(4) ?? 0, TagsOf(point, 9), [.. point.All(8).Select(exemplar => exemplar.Hex(5) ?? "")]));
        }
    }

    private void KeepLog(string service, ProtobufMessage log) =>
        Logs.Enqueue(new OtlpLog(service, log.All(5).Select(body => body.Text(1)).FirstOrDefault() ?? "", log.Hex(9), log.Hex(10)));

    private static Dictionary<string, string> TagsOf(ProtobufMessage message, int field) =>
        message.All(field).SelectMany(Tags).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);

    /// <summary>A key (1) and a value (2) that is a text (1), or a number (3) or something else, which is left out.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Tags(ProtobufMessage pair)
    {
        var value = pair.All(2).FirstOrDefault();
        if (pair.Text(1) is { } key && (value?.Text(1) ?? value?.Number(3)?.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } text)
        {
            yield return new(key, text);
        }
    }
}
