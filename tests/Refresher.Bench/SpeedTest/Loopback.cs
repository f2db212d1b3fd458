using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Bench.SpeedTest;

/// <summary>What this machine can measure at most: the self-test, with the server in the same process.</summary>
internal static class Loopback
{
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        figures.Title("over loopback, the server in the same process");
        await using var backend = await LoopbackBackend.StartAsync(default);
        var line = new LineMeasurement(backend.Server, new AddressGuard(Options.Create(new AddressGuardOptions())), TimeProvider.System);
        var test = new SpeedTestOptions { Duration = TimeSpan.FromSeconds(options.Number("seconds", 10)) };
        var idle = await line.IdleAsync(default);
        await SayAsync("download", line.DownloadAsync(test, long.MaxValue, idle, (_, _) => { }, default), figures);
        await SayAsync("upload", line.UploadAsync(test, long.MaxValue, idle, (_, _) => { }, default), figures);
    }

    private static async Task SayAsync(string what, Task<SpeedTestDirection> measuring, Figures figures)
    {
        var before = GC.GetTotalAllocatedBytes();
        var measured = await measuring;
        var allocated = GC.GetTotalAllocatedBytes() - before;
        figures.Say($"loopback {what}", measured.Mbps / 1000, "Gbit/s", FormattableString.Invariant($"{measured.LowMbps / 1000:0.00} to {measured.HighMbps / 1000:0.00}; {measured.Streams} streams; {measured.HostLimit}"));
        figures.Say($"loopback {what}: allocated, client and server", allocated / (measured.Bytes / 1e9) / 1e3, "kB/GB");
    }
}
