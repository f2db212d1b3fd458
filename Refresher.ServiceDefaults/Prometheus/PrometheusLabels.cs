using System.Collections;
using System.Globalization;
using System.Text.Json;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>The labels of a series as text: <c>{kind="hello",otel_scope_name="Refresher"}</c>, or nothing.</summary>
internal sealed class PrometheusLabels
{
    private const string Bound = "le";

    private readonly string _inner;

    private PrometheusLabels(string inner) => _inner = inner;

    /// <summary>The tags of a point and the meter it is from, which tells apart two meters with an instrument of one name.</summary>
    public static PrometheusLabels Of(Metric metric, in MetricPoint point)
    {
        var tags = new List<KeyValuePair<string, object?>>(point.Tags.Count + 2) { new("otel_scope_name", metric.MeterName) };
        if (metric.MeterVersion is { Length: > 0 } version)
        {
            tags.Add(new("otel_scope_version", version));
        }

        foreach (var tag in point.Tags)
        {
            tags.Add(tag);
        }

        return Of(tags);
    }

    /// <summary>Tags whose names become one are one label, with their values in the order of their names.</summary>
    public static PrometheusLabels Of(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags.Where(tag => tag.Value is not null).OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            // Histograms need this name for themselves.
            var label = PrometheusName.Sanitized(key) is var name && name == Bound ? "exported_le" : name;
            var text = Text(value);
            labels[label] = labels.TryGetValue(label, out var present) ? $"{present};{text}" : text;
        }

        return new PrometheusLabels(string.Join(',', labels.Select(label => $"{label.Key}=\"{Escaped(label.Value)}\"")));
    }

    /// <summary>These labels with the upper bound of a bucket.</summary>
    public PrometheusLabels WithBound(double bound) =>
        new($"{_inner}{(_inner.Length > 0 ? "," : "")}{Bound}=\"{Number(bound)}\"");

    public override string ToString() => _inner.Length > 0 ? $"{{{_inner}}}" : "";

    /// <summary>As Go reads it, whatever the culture.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => Number(number),
        IEnumerable list => JsonSerializer.Serialize(list.Cast<object?>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
