using System.Diagnostics;
using System.Diagnostics.Metrics;
using Refresher.Core;
using Refresher.Core.Telemetry;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>What is measured and traced of checks.</summary>
internal static class SiteMetrics
{
    private static readonly Counter<long> Checks = RefresherTelemetry.Meter.CreateCounter<long>("refresher.checks", "{check}", "Checks of sites, by kind and status.");

    private static readonly Histogram<double> Phases = RefresherTelemetry.Meter.CreateHistogram("refresher.check.duration", "s", "Of the phases of a check, by phase.", advice: Seconds);

    private static readonly Histogram<double> PeriodError = RefresherTelemetry.Meter.CreateHistogram("refresher.check.period_error", "s", "From the instant at which a check was due to its beginning.", advice: Seconds);

    public static readonly Counter<long> Missed = RefresherTelemetry.Meter.CreateCounter<long>("refresher.check.missed", "{check}", "Checks whose result came too late: the site was edited or taken over meanwhile.");

    public static readonly Counter<long> TooOld = RefresherTelemetry.Meter.CreateCounter<long>("refresher.check.too_old", "{check}", "Checks that came to the database past their retention and were dropped.");

    private static InstrumentAdvice<double> Seconds => new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    /// <summary>The span of a check, the beginning of its trace.</summary>
    public static Activity? Begin(DueSite due)
    {
        var kind = Words<SiteKind>.Of(due.Site.Spec.Kind);
        return RefresherTelemetry.Source.StartActivity("check " + kind)?.SetTag("refresher.site.id", due.Site.Id).SetTag("refresher.site.kind", kind);
    }

    /// <summary>A check that was written.</summary>
    public static void Count(DoneCheck check) =>
        Checks.Add(1, new("kind", Words<SiteKind>.Of(check.Due.Site.Spec.Kind)), new("status", Words<CheckStatus>.Of(check.Result.Status)));

    /// <summary>How long a check took that was just made, within its span, so that the measurements lead to its trace.</summary>
    public static void Measure(DoneCheck check)
    {
        var result = check.Result;
        PeriodError.Record(Math.Abs((check.CheckedAt - check.Due.DueAt).TotalSeconds));
        Phase("dns", result.DnsMs);
        Phase("connect", result.ConnectMs);
        Phase("tls", result.TlsMs);
        Phase("first_byte", result.FirstByteMs);
        Phase("transfer", result.TransferMs);
        Phase("total", result.TotalMs);
    }

    private static void Phase(string phase, double? milliseconds)
    {
        if (milliseconds is { } value)
        {
            Phases.Record(value / 1000, new KeyValuePair<string, object?>("phase", phase));
        }
    }
}
