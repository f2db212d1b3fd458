using System.Diagnostics;
using System.Globalization;
using Refresher.Testing;

namespace Refresher.Bench.SiteMonitor;

/// <summary>Debian's <c>prometheus-blackbox-exporter</c>, asked for probes of the same server: its processor time per probe, which ends with the answer to whoever asks.</summary>
internal static class Blackbox
{
    private const string Program = "prometheus-blackbox-exporter";
    private const int AtOnce = 32;

    private const string Modules = """
        modules:
          http: {prober: http, timeout: 10s, http: {fail_if_body_not_matches_regexp: ["all is w[a-z]+"]}}
          https: {prober: http, timeout: 10s, http: {tls_config: {insecure_skip_verify: true}}}
        """;

    public static async Task RunAsync(ProbedSite site, int probes, Figures figures)
    {
        var program = new[] { "/usr/bin/", "/usr/sbin/", "/usr/local/bin/" }.Select(folder => folder + Program).FirstOrDefault(File.Exists);
        if (program is null)
        {
            figures.Title($"{Program} is not installed: it is not measured");
            return;
        }

        var settings = Path.GetTempFileName();
        await File.WriteAllTextAsync(settings, Modules);
        var port = FreePort.Next();
        using var process = Process.Start(new ProcessStartInfo(program, [$"--config.file={settings}", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}")]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            await Eventually.SeeAsync(() => AnswersAsync(http), good => good, seconds: 30);
            figures.Title($"{Program}: {probes:n0} probes of the same server, {AtOnce} at once");
            await SayAsync("HTTP with a regular expression", http, $"probe?module=http&target={site.Plain}", process, probes, figures);
            await SayAsync("HTTPS", http, $"probe?module=https&target={site.Secure}", process, probes / 5, figures);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            File.Delete(settings);
        }
    }

    private static async Task SayAsync(string what, HttpClient http, string probe, Process process, int probes, Figures figures)
    {
        await ProbeAsync(http, probe, Math.Min(500, probes));
        process.Refresh();
        var cpu = process.TotalProcessorTime;
        await ProbeAsync(http, probe, probes);
        process.Refresh();
        var used = process.TotalProcessorTime - cpu;
        figures.Say($"blackbox_exporter, {what}: processor time per probe", used.TotalMicroseconds / probes, "µs");
        figures.Say($"blackbox_exporter, {what}: probes per second of it", probes / used.TotalSeconds, "1/s");
    }

    private static async Task ProbeAsync(HttpClient http, string probe, int probes)
    {
        var left = probes;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if (!(await http.GetStringAsync(probe)).Contains("probe_success 1", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"{Program} found the server down.");
                }
            }
        }));
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            return (await http.GetStringAsync("-/healthy")).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
