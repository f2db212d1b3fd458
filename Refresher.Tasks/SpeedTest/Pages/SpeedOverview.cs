using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Tasks.SpeedTest.Servers;
using Refresher.Ui;

namespace Refresher.Tasks.SpeedTest.Pages;

/// <summary>The line on the overview: what its last test found, and where less than expected is confirmed.</summary>
internal sealed class SpeedOverview(RefresherDb db, SpeedTestQueries tests, TimeProvider clock) : IOverviewPart
{
    /// <summary>Lines that are named.</summary>
    private const int Most = 5;

    public IReadOnlyCollection<string> Topics => [SpeedTopics.Tests];

    public async Task<IReadOnlyList<OverviewTrouble>> TroublesAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var open = await db.Set<LineHealth>().AsNoTracking().Where(h => h.EpisodeId != null).OrderBy(h => h.Since).Take(Most).ToListAsync(cancel);
        return [.. open.Select(line => new OverviewTrouble(
            "gauge", "/speed?schedule=" + Uri.EscapeDataString(line.ScheduleKey), $"The line of {line.ScheduleKey} is below its threshold", $"{Instants.Relative(line.Since ?? now, now)}{(line.Reason is { } reason ? $": {reason}" : "")}"))];
    }

    public async Task<OverviewFigure?> FigureAsync(CancellationToken cancel) =>
        await tests.LatestAsync(new SpeedTestFilter { Succeeded = true }, cancel) is not { } last ? null : new(
            "gauge",
            "/speed",
            "Last speed",
            SpeedWords.Rate(last.Download?.Mbps ?? last.Upload?.Mbps),
            $"{(last.Upload is { } up && last.Download is not null ? $"up {SpeedWords.Rate(up.Mbps)}, " : "")}ping {SpeedWords.Milliseconds(last.Idle?.MedianMs)}, {Instants.Relative(last.At, clock.GetUtcNow())}");
}
