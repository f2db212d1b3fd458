using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Refresher.ServiceDefaults.Prometheus;

namespace Refresher.ServiceDefaults.Tests.Prometheus;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"m{Guid.NewGuid():N}");
    private readonly Meter _other = new($"n{Guid.NewGuid():N}");

    [Fact]
    public void A_counter_has_help_type_and_a_line_for_each_set_of_tags()
    {
        Assert.Equal(
            """
            # HELP refresher_runs_total Runs that ended.
            # TYPE refresher_runs_total counter
            refresher_runs_total{kind="hello",otel_scope_name="METER",state="failed"} 1
            refresher_runs_total{kind="hello",otel_scope_name="METER",state="succeeded"} 41

            """,
            Scrape(() =>
            {
                var runs = _meter.CreateCounter<long>("refresher.runs", "{run}", "Runs that ended.");
                runs.Add(1, new("kind", "hello"), new("state", "failed"));
                runs.Add(40, new("kind", "hello"), new("state", "succeeded"));
                runs.Add(1, new("state", "succeeded"), new("kind", "hello"));
            }));
    }

    [Fact]
    public void A_histogram_has_buckets_that_add_up()
    {
        Assert.Equal(
            """
            # HELP refresher_run_lateness_seconds How late.
            # TYPE refresher_run_lateness_seconds histogram
            refresher_run_lateness_seconds_bucket{otel_scope_name="METER",le="0.1"} 2
            refresher_run_lateness_seconds_bucket{otel_scope_name="METER",le="0.25"} 2
            refresher_run_lateness_seconds_bucket{otel_scope_name="METER",le="10"} 3
            refresher_run_lateness_seconds_bucket{otel_scope_name="METER",le="+Inf"} 4
            refresher_run_lateness_seconds_sum{otel_scope_name="METER"} 61.125
            refresher_run_lateness_seconds_count{otel_scope_name="METER"} 4

            """,
            Scrape(() =>
            {
                var lateness = _meter.CreateHistogram("refresher.run.lateness", "s", "How late.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 10] });
                foreach (var value in (double[])[0.0625, 0.0625, 1, 60])
                {
                    lateness.Record(value);
                }
            }));
    }

    [Fact]
    public void Whatever_stands_in_a_tag_stays_on_its_line()
    {
        Assert.Equal(
            """
            # HELP g Of C:\\ and\nbeyond.
            # TYPE g gauge
            g{_9="nine",a_b="x;y",array="[1,2]",flag="true",otel_scope_name="METER",text="a\"b\\c\nd é } {"} -1.5

            """,
            Scrape(() => _meter.CreateGauge<double>("g", null, "Of C:\\ and\nbeyond.").Record(
                -1.5,
                [new("text", "a\"b\\c\nd é } {"), new("a.b", "x"), new("none", null), new("a_b", "y"), new("9", "nine"), new("flag", true), new("array", new[] { 1, 2 })])));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1e-7, "1E-07")]
    [InlineData(123456789012345680d, "1.2345678901234568E+17")]
    [InlineData(0.5, "0.5")]
    public void Numbers_are_written_as_Prometheus_reads_them(double value, string expected)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NaNSymbol = "no", NegativeSign = "~" } };

            Assert.EndsWith($"}} {expected}\n", Scrape(() => _meter.CreateGauge<double>("g").Record(value)), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Instruments_of_one_name_from_two_meters_are_one_family()
    {
        Assert.Equal(
            """
            # HELP queue_depth Here.
            # TYPE queue_depth gauge
            queue_depth{otel_scope_name="METER"} 1
            queue_depth{otel_scope_name="OTHER"} 2

            """,
            Scrape(() =>
            {
                _meter.CreateUpDownCounter<int>("queue.depth", null, "Here.").Add(1);
                _other.CreateGauge<int>("queue_depth", null, "There.").Record(2);
            }));
    }

    [Fact]
    public void What_contradicts_a_family_is_left_out()
    {
        var text = Scrape(() =>
        {
            _meter.CreateGauge<int>("depth").Record(1);
            _other.CreateHistogram<int>("depth").Record(2);
        });

        Assert.Equal("# HELP depth depth of METER.\n# TYPE depth gauge\ndepth{otel_scope_name=\"METER\"} 1\n", text);
    }

    [Fact]
    public void A_tag_cannot_take_the_name_of_a_buckets_bound()
    {
        var text = Scrape(() => _meter.CreateHistogram<int>("h").Record(1, new KeyValuePair<string, object?>("le", "mine")));

        Assert.Contains("h_bucket{exported_le=\"mine\",otel_scope_name=\"METER\",le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_without_bound_end_in_one_series_for_the_rest()
    {
        var text = Scrape(() =>
        {
            var counter = _meter.CreateCounter<int>("c");
            for (var i = 0; i < 5_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("id", i));
            }
        });

        Assert.InRange(text.Count(character => character == '\n'), 1_000, 2_100);
        Assert.Contains("otel_metric_overflow=\"true\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_says_who_it_is()
    {
        using var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("worker", serviceInstanceId: "one"))
            .AddReader(new BaseExportingMetricReader(exporter))
            .Build();

        Assert.Equal(
            """
            # HELP target_info What this process says about itself.
            # TYPE target_info gauge
            target_info{service_instance_id="one",service_name="worker"} 1

            """,
            exporter.Scrape(PrometheusFormat.Text));
    }

    [Fact]
    public void OpenMetrics_has_for_a_bucket_the_trace_of_its_latest_measurement()
    {
        var traces = new List<string>();
        var text = Scrape(
            () =>
            {
                var duration = _meter.CreateHistogram("refresher.run.duration", "s", "How \"long\".", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] });
                var runs = _meter.CreateCounter<long>("refresher.runs", "{run}", "Runs that ended.");
                duration.Record(0.25);
                foreach (var seconds in (double[])[2, 3, 9])
                {
                    using var span = new Activity("a run") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
                    duration.Record(seconds);
                    runs.Add(7);
                    traces.Add($"{{trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"}}");
                }
            },
            PrometheusFormat.OpenMetrics);

        // The SDK keeps one of a counter's by chance.
        var chosen = Assert.Single(traces, trace => text.Contains($" 21 # {trace} 7 ", StringComparison.Ordinal));
        Assert.Equal(
            $"""
            # HELP refresher_run_duration_seconds How \"long\".
            # TYPE refresher_run_duration_seconds histogram
            refresher_run_duration_seconds_bucket@otel_scope_name="METER",le="1"@ 1
            refresher_run_duration_seconds_bucket@otel_scope_name="METER",le="5"@ 3 # {traces[1]} 3 AT
            refresher_run_duration_seconds_bucket@otel_scope_name="METER",le="+Inf"@ 4 # {traces[2]} 9 AT
            refresher_run_duration_seconds_sum@otel_scope_name="METER"@ 14.25
            refresher_run_duration_seconds_count@otel_scope_name="METER"@ 4
            # HELP refresher_runs Runs that ended.
            # TYPE refresher_runs counter
            refresher_runs_total@otel_scope_name="METER"@ 21 # {chosen} 7 AT
            # EOF

            """,
            Regex.Replace(Regex.Replace(text, " [0-9]{10,}\\.[0-9]{3}\n", " AT\n"), "\\{(otel[^}]*)\\}", "@$1@"));
    }

    [Fact]
    public void Text_has_no_exemplars()
    {
        var text = Scrape(() =>
        {
            using var span = new Activity("a run") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
            _meter.CreateCounter<long>("refresher.runs").Add(1);
        });

        Assert.EndsWith("refresher_runs_total{otel_scope_name=\"METER\"} 1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/openmetrics-text;q=0, text/plain", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("Application/OpenMetrics-Text", true)]
    public void OpenMetrics_is_for_who_asks_for_it(string? accept, bool open)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = accept;

        Assert.Same(open ? PrometheusFormat.OpenMetrics : PrometheusFormat.Text, PrometheusFormat.WantedBy(request));
    }

    public void Dispose()
    {
        _meter.Dispose();
        _other.Dispose();
    }

    /// <summary>What is measured meanwhile, without the lines about the process; the meters are named METER and OTHER.</summary>
    private string Scrape(Action measure, PrometheusFormat? format = null)
    {
        using var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(_meter.Name, _other.Name)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(new BaseExportingMetricReader(exporter))
            .Build();
        measure();

        var lines = exporter.Scrape(format ?? PrometheusFormat.Text)?.Split('\n').Where(line => !line.Contains("target", StringComparison.Ordinal));
        return string.Join('\n', lines ?? []).Replace(_meter.Name, "METER", StringComparison.Ordinal).Replace(_other.Name, "OTHER", StringComparison.Ordinal);
    }
}
