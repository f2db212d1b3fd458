using System.Globalization;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>The exemplars of one series, as OpenMetrics writes them behind a value: <c> # {trace_id="…",span_id="…"} 0.067 1520879607.789</c>.</summary>
internal readonly struct ExemplarTexts()
{
    private readonly List<(double Value, DateTimeOffset At, string Trace, string Span)> _all = [];

    /// <summary>One outside of any trace leads nowhere and is left out.</summary>
    /// <param name="isWhole">Whether the instrument counts in whole numbers: the SDK keeps them in another place.</param>
    public void Add(in Exemplar exemplar, bool isWhole)
    {
        if (exemplar.TraceId != default)
        {
            _all.Add((isWhole ? exemplar.LongValue : exemplar.DoubleValue, exemplar.Timestamp, exemplar.TraceId.ToHexString(), exemplar.SpanId.ToHexString()));
        }
    }

    /// <summary>The latest of those with a value above one and up to another; empty when there is none.</summary>
    public string Last(double above = double.NegativeInfinity, double upTo = double.PositiveInfinity)
    {
        var last = _all.Where(one => one.Value > above && one.Value <= upTo).DefaultIfEmpty().MaxBy(one => one.At);
        return last.Trace is null ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" # {{trace_id=\"{last.Trace}\",span_id=\"{last.Span}\"}} {PrometheusLabels.Number(last.Value)} {last.At.ToUnixTimeMilliseconds() / 1000d:F3}");
    }
}
