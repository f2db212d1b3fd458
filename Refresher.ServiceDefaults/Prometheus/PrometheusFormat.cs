using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>
/// The two ways in which Prometheus reads text: its own format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), for people and everything else,
/// and OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), which has exemplars: the trace of one of the measurements in a series.
/// </summary>
internal sealed class PrometheusFormat
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string Total = "_total";

    private readonly bool _open;

    private PrometheusFormat(bool open, string contentType) => (_open, ContentType) = (open, contentType);

    public static PrometheusFormat Text { get; } = new(false, "text/plain; version=0.0.4; charset=utf-8");

    public static PrometheusFormat OpenMetrics { get; } = new(true, $"{OpenMetricsType}; version=1.0.0; charset=utf-8");

    public string ContentType { get; }

    /// <summary>What the caller asks for by name; nobody else is given OpenMetrics.</summary>
    public static PrometheusFormat WantedBy(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0) ? OpenMetrics : Text;

    /// <summary>What stands before the series of a family.</summary>
    public void Begin(StringBuilder text, string name, string type, string help)
    {
        var escaped = help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n");
        if (_open)
        {
            // There a family is called without what the format adds to its series.
            name = type switch { "counter" => name[..^Total.Length], "info" => name[..^"_info".Length], _ => name };
            escaped = escaped.Replace("\"", "\\\"", StringComparison.Ordinal);
        }

        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {escaped}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(_open || type != "info" ? type : "gauge")}\n");
    }

    public void End(StringBuilder text)
    {
        if (_open)
        {
            text.Append("# EOF\n");
        }
    }

    /// <summary>Those of a point, where the format has a place for them.</summary>
    public ExemplarTexts Exemplars(MetricType type, in MetricPoint point)
    {
        var texts = new ExemplarTexts();
        if (_open && point.TryGetExemplars(out var exemplars))
        {
            foreach (ref readonly var exemplar in exemplars)
            {
                texts.Add(exemplar, type == MetricType.LongSum);
            }
        }

        return texts;
    }
}
