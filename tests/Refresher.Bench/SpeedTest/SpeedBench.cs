using System.Diagnostics;
using Refresher.Tasks.SpeedTest;

namespace Refresher.Bench.SpeedTest;

/// <summary>
/// How right the speed test is: over emulated lines, against what <c>iperf3</c> measures over the same and against the true time in the
/// line's queues; and how often its interval holds the truth.
/// </summary>
internal static class SpeedBench
{
    private static readonly double[] Rates = [10, 100, 500, 1000];
    private static readonly double[] RoundTrips = [5, 40, 120];
    private static readonly double[] Losses = [0, 0.01];

    public static void Run(BenchOptions options, Figures figures)
    {
        if (options.Has("loopback"))
        {
            Loopback.RunAsync(options, figures).GetAwaiter().GetResult();
            return;
        }

        if ((Line.Missing() ?? (Iperf.IsInstalled ? null : "iperf3 is not installed (Debian's package iperf3)")) is { } missing)
        {
            Console.Error.WriteLine($"The speed test is not measured: {missing}.");
            return;
        }

        if (options.Has("coverage"))
        {
            Coverage(options, figures);
            return;
        }

        figures.Title("payload in Mbit/s, ours beside iperf3's; latency in ms; the line in Mbit/s of packets");
        foreach (var spec in Cells(options))
        {
            Cell(spec, options, figures);
        }
    }

    /// <summary>The lines that are asked for: all, or those of one rate, delay, loss, or the two others.</summary>
    private static IEnumerable<LinkSpec> Cells(BenchOptions options)
    {
        // Cubic is what most senders use; a lossy line it cannot fill, and how far it gets is chance.
        var control = options.Text("control", "cubic");
        var lossy = options.Text("control", LinkSpec.Controls.Contains("bbr") ? "bbr" : "cubic");
        if (options.Text("only", "grid") is "grid" or "all")
        {
            foreach (var (rate, roundTrip, loss) in from rate in Rates from roundTrip in RoundTrips from loss in Losses select (rate, roundTrip, loss))
            {
                if (Asked("rate", rate) && Asked("delay", roundTrip) && Asked("loss", loss * 100))
                {
                    // As long a queue as the way is, as line cards have it; never shorter than 40 ms, nor than a hundred packets take.
                    var buffer = Math.Max(Math.Max(roundTrip, 40), 100 * 1500 * 8e-3 / rate);
                    yield return new LinkSpec(rate, rate, TimeSpan.FromMilliseconds(roundTrip), loss, TimeSpan.FromMilliseconds(buffer), loss > 0 ? lossy : control);
                }
            }
        }

        if (options.Text("only", "grid") is "asymmetric" or "all")
        {
            yield return new LinkSpec(100, 10, TimeSpan.FromMilliseconds(20), 0, TimeSpan.FromMilliseconds(40), control);
            yield return new LinkSpec(500, 50, TimeSpan.FromMilliseconds(20), 0, TimeSpan.FromMilliseconds(40), control);
        }

        if (options.Text("only", "grid") is "bloated" or "all")
        {
            yield return new LinkSpec(50, 10, TimeSpan.FromMilliseconds(20), 0, TimeSpan.FromMilliseconds(500), control);
            yield return new LinkSpec(100, 100, TimeSpan.FromMilliseconds(20), 0, TimeSpan.FromMilliseconds(250), control);
        }

        bool Asked(string name, double value) => !options.Has(name) || options.Number(name, 0) == value;
    }

    private static void Cell(LinkSpec spec, BenchOptions options, Figures figures)
    {
        using var line = new Line(spec);
        figures.Title($"{spec.Name}: at most {spec.DownMbps * LinkSpec.PayloadShare:0.00} down, {spec.UpMbps * LinkSpec.PayloadShare:0.00} up");
        using var iperf = new Iperf();
        var server = SpeedPeer.StartServer();
        try
        {
            // The longer, the less it matters what is under way or held back when iperf3 begins and ends to count.
            var seconds = options.Number("seconds", 10);
            var theirs = spec.Loss > 0 ? 2 * seconds : seconds;
            var ours = SpeedPeer.Measure(seconds, repeat: 1, downloadOnly: false).Single();
            figures.Say($"{spec.Name}: loss by echoes", (ours.Loss ?? double.NaN) * 100, "%", FormattableString.Invariant($"the line loses {(1 - Math.Pow(1 - spec.Loss, 2)) * 100:0.##} both ways together"));
            Say(spec, figures, line, "download", ours.IdleMs, ours.DownloadAt, ours.Download!, iperf.Measure(download: true, ours.Download!.Streams, theirs));
            Say(spec, figures, line, "upload", ours.IdleMs, ours.UploadAt, ours.Upload!, iperf.Measure(download: false, ours.Upload!.Streams, theirs));
            if (options.WithPeers && SpeedtestMini.IsInstalled)
            {
                var (download, upload) = SpeedtestMini.Measure();
                figures.Say($"{spec.Name}: speedtest-cli download", download, "Mbit/s");
                figures.Say($"{spec.Name}: speedtest-cli upload", upload, "Mbit/s");
            }

            figures.Say($"{spec.Name}: packets the emulator missed", line.Overrun, "", $"latest delivery {line.Latest:0.0} ms after its time; {line.Overflowed} found the queue full, {line.Lost} lost");
        }
        finally
        {
            Command.End(server);
        }
    }

    private static void Say(LinkSpec spec, Figures figures, Line line, string what, double idle, long at, SpeedTestDirection ours, IperfRate iperf)
    {
        long After(double seconds) => at + (long)(seconds * Stopwatch.Frequency);
        var truth = line.TrueQueueDelay(After(ours.WarmUpSeconds ?? 0), After(ours.Seconds));
        figures.Say($"{spec.Name}: {what}", ours.Mbps, "Mbit/s", FormattableString.Invariant($"{ours.LowMbps:0.00} to {ours.HighMbps:0.00}; {ours.Streams} streams, {ours.Seconds:0.0} s, {ours.WarmUpSeconds:0.0} s warm-up, {ours.Stopped}; {ours.HostLimit ?? "limited by the line"}"));
        figures.Say($"{spec.Name}: {what} by iperf3", iperf.Mean, "Mbit/s", FormattableString.Invariant($"its median second {iperf.Median:0.00}"));
        figures.Say($"{spec.Name}: {what}, difference", (ours.Mbps - iperf.Mean) / iperf.Mean * 100, "%", FormattableString.Invariant($"from the median second {(ours.Mbps - iperf.Median) / iperf.Median * 100:0.00}"));
        figures.Say($"{spec.Name}: {what}, latency added", (ours.LoadedMs ?? double.NaN) - idle, "ms", FormattableString.Invariant($"idle {idle:0.0}, loaded {ours.LoadedMinMs:0.0} / {ours.LoadedMs:0.0} / {ours.LoadedP95Ms:0.0}, jitter {ours.LoadedJitterMs:0.0}; {ours.RoundTripsPerMinute:0} round trips a minute"));
        figures.Say($"{spec.Name}: {what}, true time in the queues", truth, "ms");
        figures.Say($"{spec.Name}: {what}, latency error", (ours.LoadedMs ?? double.NaN) - idle - truth, "ms");
    }

    /// <summary>Many short tests of one line: the share of those whose interval holds what the line carries.</summary>
    private static void Coverage(BenchOptions options, Figures figures)
    {
        var tests = options.Number("coverage", 100);
        var spec = new LinkSpec(100, 100, TimeSpan.FromMilliseconds(options.Number("delay", 20)), 0, TimeSpan.FromMilliseconds(40), options.Text("control", "cubic"));
        using var line = new Line(spec);
        using var iperf = new Iperf();
        var server = SpeedPeer.StartServer();
        try
        {
            figures.Title($"{tests} tests of {spec.Name}");
            var truth = iperf.Measure(download: true, streams: 4, seconds: 20).Mean;
            var results = SpeedPeer.Measure(options.Number("seconds", 5), tests, downloadOnly: true).Select(result => result.Download!).ToArray();
            var held = results.Count(result => result.LowMbps <= truth && truth <= result.HighMbps);
            figures.Say("the truth, by iperf3 over 20 s", truth, "Mbit/s");
            figures.Say("tests whose interval holds it", held, $"of {tests}");
            figures.Say("median of the tests", Middle(results.Select(result => result.Mbps)), "Mbit/s", FormattableString.Invariant($"least {results.Min(result => result.Mbps):0.00}, most {results.Max(result => result.Mbps):0.00}"));
            figures.Say("median half width of the interval", Middle(results.Select(result => (result.HighMbps - result.LowMbps) / 2 / result.Mbps * 100)), "%");
            figures.Say("tests that said 'limited by this host'", results.Count(result => result.LimitedByHost == true), $"of {tests}");
        }
        finally
        {
            Command.End(server);
        }
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
