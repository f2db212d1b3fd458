using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>Gives the process's metrics when they are asked for; between scrapes it costs nothing.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int TimeoutMilliseconds = 5_000;

    private readonly Lock _gate = new();
    private PrometheusFormat _format = PrometheusFormat.Text;
    private string _text = "";

    /// <summary>Set by the reader that owns this exporter; reads all instruments and calls <see cref="Export"/>.</summary>
    public Func<int, bool>? Collect { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new PrometheusText(ParentProvider.GetResource(), _format);
        foreach (var metric in batch)
        {
            text.Add(metric);
        }

        _text = text.ToString();
        return ExportResult.Success;
    }

    /// <summary>The metrics of this moment, or null: an instrument's callback did not end in time.</summary>
    public string? Scrape(PrometheusFormat format)
    {
        lock (_gate)
        {
            _format = format;
            return Collect?.Invoke(TimeoutMilliseconds) == true ? _text : null;
        }
    }
}
