using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Runs.Rollups;

/// <summary>Counts closed hours, the oldest first, and lets old counts go.</summary>
/// <remarks>A scheduler that was away counts what it missed from the runs that are still there: what retention deleted before is not counted.</remarks>
internal sealed class RunRollupLoop(RunRollups rollups, RunPartitions partitions, TimeProvider clock, SchemaGate gate, ILogger<RunRollupLoop> log) : Loop(gate, log)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromHours(1);

    private readonly HashSet<DateOnly> _final = [];
    private bool _first = true;
    private DateTimeOffset _expiredAt = DateTimeOffset.MinValue;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : Every;
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        _final.UnionWith(await rollups.FinalAsync(cancel));
        foreach (var day in (await partitions.DaysAsync(cancel)).Append(today.AddDays(-1)).Append(today).Where(day => day <= today && !_final.Contains(day)).Distinct().Order())
        {
            if (await rollups.RollUpAsync(day, cancel))
            {
                _final.Add(day);
            }
        }

        if (now - _expiredAt >= ExpireEvery)
        {
            await rollups.ExpireAsync(cancel);
            _expiredAt = now;
        }
    }
}
