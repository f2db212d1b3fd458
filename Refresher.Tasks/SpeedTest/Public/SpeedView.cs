using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Polite;

namespace Refresher.Tasks.SpeedTest.Public;

/// <summary>What visitors may know of a line, and nothing else: no address, provider, place, server or schedule is in it.</summary>
public sealed record SpeedView(
    string Title, SpeedRange Range, DateTimeOffset From, DateTimeOffset ReadAt, LastTest? Last, SpeedTestThresholds? Expected, SpeedFigures All, IReadOnlyList<SpeedFigures> Series, IReadOnlyList<SpeedFigures> ByHour)
{
    internal static async Task<SpeedView> ReadAsync(SpeedSetup setup, SpeedRange range, IServiceProvider services, DateTimeOffset now, CancellationToken cancel)
    {
        var history = services.GetRequiredService<SpeedHistory>();
        var from = range.From(now);
        var to = from + (range.Step * range.Count);
        var last = await services.GetRequiredService<SpeedTestQueries>().LatestAsync(new SpeedTestFilter { Succeeded = true, ScheduleKey = setup.PublicSchedule }, cancel);
        return new SpeedView(
            setup.PublicTitle,
            range,
            from,
            now,
            last is null ? null : new LastTest(last.At, last.Download?.Mbps, last.Upload?.Mbps, last.Idle?.MedianMs, last.Idle?.JitterMs, last.BufferbloatGrade, last.Healthy),
            last?.Thresholds,
            await history.OverAllAsync(from, to, setup.PublicSchedule, cancel),
            await history.SeriesAsync(from, range.Step, range.Count, setup.PublicSchedule, cancel),
            await history.ByHourAsync(from, to, setup.PublicSchedule, cancel));
    }
}

/// <summary>The last test that succeeded.</summary>
public sealed record LastTest(DateTimeOffset At, double? Download, double? Upload, double? Ping, double? Jitter, string? Bufferbloat, bool? Healthy);
