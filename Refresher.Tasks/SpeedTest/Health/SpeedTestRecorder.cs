using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Schedules;

namespace Refresher.Tasks.SpeedTest.Health;

/// <summary>What a test means for the line of its schedule.</summary>
internal enum Meaning
{
    /// <summary>Nothing beyond its row.</summary>
    None,

    /// <summary>A bad time is confirmed by this test.</summary>
    Confirms,

    /// <summary>It is bad, and no other server could be asked: confirmed when the test before was bad too.</summary>
    Repeats,
}

/// <summary>Keeps a test, and in the same transaction what it changes: the line's health, and the event that tells of it.</summary>
internal sealed class SpeedTestRecorder(RefresherDb db, OutboxWriter outbox, LiveSignals signals)
{
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(5);

    /// <summary>A cancelled test is kept too, so the run's own cancellation does not count here.</summary>
    /// <param name="first">The test that this one confirms; null when it is the first.</param>
    public async Task SaveAsync(SpeedTestResult test, Meaning meaning, SpeedTestResult? first)
    {
        using var limit = new CancellationTokenSource(SaveTime);
        var changes = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(limit.Token);
            db.Add(test);
            var events = new List<NewEvent>();
            if (await LineAsync(test, limit.Token) is { } line && await ScheduleAsync(line.ScheduleKey, limit.Token) is { } schedule)
            {
                Turn(line, schedule, test, meaning, first, events);
            }

            await db.SaveChangesAsync(limit.Token);
            await outbox.AppendAsync(db, events, limit.Token);
            await transaction.CommitAsync(limit.Token);
            return events.Count;
        });
        if (changes > 0)
        {
            await outbox.TellAsync();
        }

        await signals.PublishAsync([new(Servers.SpeedTopics.Tests)]);
    }

    /// <summary>Whether a bad test of the schedule would begin a bad time: it has none yet.</summary>
    public async Task<bool> NeedsConfirmationAsync(string? schedule, CancellationToken cancel) =>
        schedule is not null && !await db.Set<LineHealth>().AnyAsync(h => h.ScheduleKey == schedule && h.EpisodeId != null, cancel);

    private static void Turn(LineHealth line, Schedule schedule, SpeedTestResult test, Meaning meaning, SpeedTestResult? first, List<NewEvent> events)
    {
        if (test.Healthy is true && line.EpisodeId is not null)
        {
            events.Add(SpeedConditions.End(line, schedule, test, null, test.At));
        }
        else if (test.Thresholds is null && line.EpisodeId is not null)
        {
            events.Add(SpeedConditions.End(line, schedule, test, "nothing is expected of it any more", test.At));
        }
        else if (test.Healthy is false && line.EpisodeId is null)
        {
            if (meaning == Meaning.Confirms)
            {
                events.Add(SpeedConditions.Begin(line, schedule, test, $"{first?.Server?.Name} had found: {first?.Complaint}"));
            }
            else if (meaning == Meaning.Repeats && line.Healthy is false)
            {
                events.Add(SpeedConditions.Begin(line, schedule, test, "the second bad test in a row; there is no other server to ask"));
            }
        }

        line.Healthy = test.Thresholds is null ? null : test.Healthy ?? line.Healthy;
    }

    /// <summary>The line's row, locked; null for a test that changes nothing of it.</summary>
    private async Task<LineHealth?> LineAsync(SpeedTestResult test, CancellationToken cancel)
    {
        if (test.ScheduleKey is not { } key || test.SelfTest || test.Failure is not null)
        {
            return null;
        }

        await db.Database.ExecuteSqlAsync($"INSERT INTO speed_health (schedule_key) VALUES ({key}) ON CONFLICT DO NOTHING", cancel);
        return await db.Set<LineHealth>().FromSql($"SELECT * FROM speed_health WHERE schedule_key = {key} FOR UPDATE").SingleAsync(cancel);
    }

    private Task<Schedule?> ScheduleAsync(string key, CancellationToken cancel) => db.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Key == key, cancel);
}
