using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Runs.Rollups;
using Refresher.Core.Schedules;
using Refresher.Web.Hosting;

namespace Refresher.Web.Components.Pages.Overview;

/// <summary>What the overview shows.</summary>
public sealed record Overview
{
    public required DateTimeOffset Now { get; init; }

    public required int ScheduleCount { get; init; }

    /// <summary>Schedules whose last run did not succeed.</summary>
    public required IReadOnlyList<Schedule> Failing { get; init; }

    public required IReadOnlyList<Run> Recent { get; init; }

    public required IReadOnlyList<Schedule> NextDue { get; init; }

    public required IReadOnlyList<RunFigures> Hours { get; init; }

    public required LatenessSummary Lateness { get; init; }

    public required IReadOnlyList<QueueDepth> Queues { get; init; }

    public required HeldQueues Held { get; init; }

    /// <summary>Null when Redis does not answer.</summary>
    public required IReadOnlyList<NodeStatus>? Nodes { get; init; }

    /// <summary>What the kinds say is wrong.</summary>
    public required IReadOnlyList<OverviewTrouble> Troubles { get; init; }

    /// <summary>What the kinds have in figures.</summary>
    public required IReadOnlyList<OverviewFigure> Figures { get; init; }

    public long Waiting => Queues.Sum(queue => queue.Count);

    /// <summary>Of what waits, what no worker may take yet: it waits for a limit or for the run before it.</summary>
    public long Parked => Queues.Sum(queue => queue.Parked);

    public IEnumerable<NodeStatus> Workers => Nodes?.Where(node => node.Role == "worker") ?? [];

    public IEnumerable<NodeStatus> Schedulers => Nodes?.Where(node => node.Role == "scheduler") ?? [];

    public long Succeeded => Hours.Sum(hour => hour.Succeeded);

    public long Failed => Hours.Sum(hour => hour.Failed);
}

/// <summary>Reads the overview. Counts over the last day are shared by everyone who looks, for a few seconds.</summary>
internal sealed class OverviewReader(
    ScheduleQueries schedules, RunQueries runs, RunStatistics statistics, RunHistory history, QueueHolds holds, Nodes nodes, Shared<DayCounts> day, IEnumerable<IOverviewPart> parts, TimeProvider clock)
{
    private const int Shown = 8;

    /// <summary>On which the overview looks again.</summary>
    public IEnumerable<string> Topics => parts.SelectMany(part => part.Topics);

    public async Task<Overview> ReadAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = await day.GetAsync(async () =>
        {
            var hours = await history.ReadAsync(now - TimeSpan.FromHours(23), now, RollupStep.Hour, null, null, CancellationToken.None);
            return new DayCounts(hours, await statistics.LatenessAsync(now - TimeSpan.FromHours(1), null, CancellationToken.None));
        });
        var (troubles, figures) = (new List<OverviewTrouble>(), new List<OverviewFigure>());
        foreach (var part in parts)
        {
            troubles.AddRange(await part.TroublesAsync(cancel));
            figures.AddRange(await part.FigureAsync(cancel) is { } figure ? [figure] : []);
        }

        return new Overview
        {
            Now = now,
            ScheduleCount = await schedules.CountAsync(new ScheduleFilter(), cancel),
            Failing = (await schedules.ListAsync(new ScheduleFilter { LastState = RunState.Failed, Enabled = true }, null, Shown, cancel)).Items,
            Recent = (await runs.ListAsync(new RunFilter { To = now }, null, Shown, cancel)).Items,
            NextDue = await schedules.NextDueAsync(Shown, cancel),
            Hours = counts.Hours,
            Lateness = counts.Lateness,
            Queues = await statistics.DepthAsync(cancel),
            Held = await holds.ReadAsync(cancel),
            Troubles = troubles,
            Figures = figures,
            Nodes = await nodes.ListAsync(),
        };
    }
}

/// <summary>Counts over many runs.</summary>
internal sealed record DayCounts(IReadOnlyList<RunFigures> Hours, LatenessSummary Lateness);
