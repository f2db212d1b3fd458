using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;

namespace Refresher.Tasks.SpeedTest.Health;

/// <summary>Ends what is open of lines whose schedule is gone or paused: no test will end it. Safe when two processes do it: the row is locked.</summary>
internal sealed class HealthUpkeep(IServiceScopeFactory scopes, OutboxWriter outbox, TimeProvider clock, SchemaGate gate, ILogger<HealthUpkeep> log) : Loop(gate, log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(Every, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await EndAsync(scope.ServiceProvider.GetRequiredService<RefresherDb>(), cancel);
    }

    internal async Task EndAsync(RefresherDb db, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var ended = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var open = await db.Set<LineHealth>().FromSql($"""
                SELECT h.* FROM speed_health h
                WHERE h.episode_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM schedules s WHERE s.key = h.schedule_key AND s.enabled AND s.kind = {SpeedTestTask.Name})
                ORDER BY h.schedule_key LIMIT 100 FOR UPDATE OF h SKIP LOCKED
                """).ToListAsync(cancel);
            if (open.Count == 0)
            {
                return 0;
            }

            var keys = open.Select(line => line.ScheduleKey).ToArray();
            var schedules = await db.Schedules.AsNoTracking().Where(s => keys.Contains(s.Key)).ToDictionaryAsync(s => s.Key, cancel);
            var events = open.Select(line => SpeedConditions.End(line, schedules.GetValueOrDefault(line.ScheduleKey), null, schedules.ContainsKey(line.ScheduleKey) ? "its schedule was paused" : "its schedule is gone", now)).ToArray();
            open.ForEach(line => line.Healthy = null);
            await db.SaveChangesAsync(cancel);
            await outbox.AppendAsync(db, events, cancel);
            await transaction.CommitAsync(cancel);
            return events.Length;
        });
        if (ended > 0)
        {
            await outbox.TellAsync();
        }
    }
}
