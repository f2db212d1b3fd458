using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>
/// Metrics as text: every family once, with its help, its type and all its series together, whichever meters they come from.
/// </summary>
internal sealed class PrometheusText
{
    private readonly PrometheusFormat _format;
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public PrometheusText(Resource resource, PrometheusFormat format)
    {
        _format = format;
        var target = new Family("info", "What this process says about itself.");
        target.Write("target_info", PrometheusLabels.Of(resource.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, (object?)attribute.Value))), 1);
        _families.Add("target_info", target);
    }

    public void Add(Metric metric)
    {
        var name = PrometheusName.OfMetric(metric.Name, metric.Unit, metric.MetricType);
        var type = TypeOf(metric.MetricType);
        if (!_families.TryGetValue(name, out var family))
        {
            var help = metric.Description is { Length: > 0 } description ? description : $"{metric.Name} of {metric.MeterName}.";
            _families.Add(name, family = new Family(type, help));
        }

        // One name has one type, and one meter has one instrument of a name: what contradicts the first one would spoil the whole scrape.
        if (family.Type == type && family.Meters.Add($"{metric.MeterName} {metric.MeterVersion}"))
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                Write(family, name, metric, point);
            }
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, family) in _families)
        {
            _format.Begin(text, name, family.Type, family.Help);
            text.Append(family.Series);
        }

        _format.End(text);
        return text.ToString();
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
        _ => "gauge",
    };

    private void Write(Family family, string name, Metric metric, in MetricPoint point)
    {
        var labels = PrometheusLabels.Of(metric, point);
        switch (metric.MetricType)
        {
            case MetricType.LongSum:
                family.Write(name, labels, point.GetSumLong(), _format.Exemplars(metric.MetricType, point).Last());
                break;
            case MetricType.LongSumNonMonotonic:
                family.Write(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                family.Write(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                family.Write(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                family.Write(name, labels, point.GetGaugeLastValueDouble());
                break;
            default:
                WriteHistogram(family, name, labels, metric.MetricType, point);
                break;
        }
    }

    /// <summary>Buckets count all that is not above their bound. An exponential histogram has no bounds in this format, so it gives the last bucket alone.</summary>
    private void WriteHistogram(Family family, string name, PrometheusLabels labels, MetricType type, in MetricPoint point)
    {
        var exemplars = _format.Exemplars(type, point);
        var (below, last) = (0L, double.NegativeInfinity);
        if (type == MetricType.Histogram)
        {
            foreach (var bucket in point.GetHistogramBuckets())
            {
                below += bucket.BucketCount;
                if (!double.IsPositiveInfinity(bucket.ExplicitBound))
                {
                    family.Write($"{name}_bucket", labels.WithBound(bucket.ExplicitBound), below, exemplars.Last(last, bucket.ExplicitBound));
                    last = bucket.ExplicitBound;
                }
            }
        }

        family.Write($"{name}_bucket", labels.WithBound(double.PositiveInfinity), point.GetHistogramCount(), exemplars.Last(last));
        family.Write($"{name}_sum", labels, point.GetHistogramSum());
        family.Write($"{name}_count", labels, point.GetHistogramCount());
    }

    private sealed record Family(string Type, string Help)
    {
        public HashSet<string> Meters { get; } = new(StringComparer.Ordinal);

        public StringBuilder Series { get; } = new();

        public void Write(string name, PrometheusLabels labels, double value) =>
            Series.Append(name).Append(labels).Append(' ').Append(PrometheusLabels.Number(value)).Append('\n');

        /// <param name="exemplar">With what it is set apart by; may be empty.</param>
        public void Write(string name, PrometheusLabels labels, long value, string exemplar = "") =>
            Series.Append(name).Append(labels).Append(' ').Append(value).Append(exemplar).Append('\n');
    }
}
