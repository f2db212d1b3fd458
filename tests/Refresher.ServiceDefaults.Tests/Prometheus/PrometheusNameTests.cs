using OpenTelemetry.Metrics;
using Refresher.ServiceDefaults.Prometheus;

namespace Refresher.ServiceDefaults.Tests.Prometheus;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("refresher.run.lateness", "s", MetricType.Histogram, "refresher_run_lateness_seconds")]
    [InlineData("refresher.runs", "{run}", MetricType.LongSum, "refresher_runs_total")]
    [InlineData("http_requests_total", "", MetricType.LongSum, "http_requests_total")]
    [InlineData("http_requests_total", "{request}", MetricType.DoubleSum, "http_requests_total")]
    [InlineData("refresher.log.size", "By", MetricType.LongSum, "refresher_log_size_bytes_total")]
    [InlineData("refresher.log.bytes", "By", MetricType.LongSum, "refresher_log_bytes_total")]
    [InlineData("refresher.queue.depth", "{run}", MetricType.LongSumNonMonotonic, "refresher_queue_depth")]
    [InlineData("refresher.worker.busy", "1", MetricType.DoubleGauge, "refresher_worker_busy")]
    [InlineData("refresher.worker.busy", "%", MetricType.DoubleGauge, "refresher_worker_busy_percent")]
    [InlineData("speed.download", "Mbit/s", MetricType.DoubleGauge, "speed_download_megabits_per_second")]
    [InlineData("runs", "{run}/min", MetricType.DoubleGauge, "runs_per_minute")]
    [InlineData("seconds", "s", MetricType.DoubleGauge, "seconds")]
    [InlineData("9 lives--left!", "", MetricType.LongGauge, "_9_lives_left_")]
    [InlineData("odd", "By{x", MetricType.LongGauge, "odd_By_x")]
    public void A_name_follows_the_rules_of_Prometheus(string name, string unit, MetricType type, string expected)
    {
        Assert.Equal(expected, PrometheusName.OfMetric(name, unit, type));
    }
}
