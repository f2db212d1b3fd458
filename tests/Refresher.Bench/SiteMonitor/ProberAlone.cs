using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Bench.SiteMonitor;

/// <summary>What a look costs without what comes after it: processor time of this process, which does nothing else.</summary>
internal static class ProberAlone
{
    private const int AtOnce = 32;

    public static async Task RunAsync(ProbedSite site, int checks, Figures figures)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSiteProbing();
        await using var app = builder.Build();
        var prober = app.Services.GetRequiredService<SiteProber>();
        figures.Title($"the prober alone: {checks:n0} looks, {AtOnce} at once");
        await SayAsync("HTTP", prober, new CheckSpec { Target = site.Plain.ToString() }, checks, figures);
        await SayAsync("HTTP with a regular expression", prober, new CheckSpec { Target = site.Plain.ToString(), Http = new HttpCheck { MustMatch = "all is w[a-z]+" } }, checks, figures);
        await SayAsync("HTTPS", prober, new CheckSpec { Target = site.Secure.ToString(), Http = new HttpCheck { VerifyTls = false } }, checks / 5, figures);
    }

    private static async Task SayAsync(string what, SiteProber prober, CheckSpec spec, int checks, Figures figures)
    {
        await LookAsync(prober, spec, Math.Min(checks / 2, 4000));
        var (cpu, bytes, clock) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
        await LookAsync(prober, spec, checks);
        var used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        figures.Say($"{what}: processor time per look", used.TotalMicroseconds / checks, "µs");
        figures.Say($"{what}: looks per second of processor time", checks / used.TotalSeconds, "1/s");
        figures.Say($"{what}: looks per second of the clock", checks / clock.Elapsed.TotalSeconds, "1/s");
        figures.Say($"{what}: allocated per look", (double)(GC.GetTotalAllocatedBytes() - bytes) / checks, "bytes");
    }

    private static async Task LookAsync(SiteProber prober, CheckSpec spec, int checks)
    {
        var left = checks;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var seen = await prober.CheckAsync(spec, CancellationToken.None);
                if (seen.Status != CheckStatus.Up)
                {
                    throw new InvalidOperationException($"A look at {spec.Target} found {seen.Fault}: {seen.Error}");
                }
            }
        }));
    }
}
