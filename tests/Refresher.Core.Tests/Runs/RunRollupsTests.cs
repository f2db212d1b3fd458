using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Runs;
using Refresher.Core.Runs.Rollups;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class RunRollupsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly DateTimeOffset Today = new(Now.UtcDateTime.Date, TimeSpan.Zero);
    private static readonly Guid Schedule = Guid.NewGuid();

    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using (await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler"))
        {
            // Its schema stays, and not what it may have counted already.
        }

        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "");
        await ExecuteAsync("TRUNCATE run_rollup_days");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Hours_and_days_are_counted_by_kind_and_by_schedule_and_counting_twice_at_once_changes_nothing()
    {
        var day = Today.AddDays(-3);
        await History.AddAsync(_engine,
            new PastRun(day.AddHours(1)) { ScheduleId = Schedule, Late = 0.03 },
            new PastRun(day.AddHours(1).AddMinutes(59)) { ScheduleId = Schedule, State = RunState.Failed, Late = 5, Blocked = 4, Took = 100 },
            new PastRun(day.AddHours(1)) { State = RunState.Skipped },
            new PastRun(day.AddHours(23).AddMinutes(59)) { ScheduleId = Schedule },
            new PastRun(day.AddHours(2)) { Kind = "leak", State = RunState.Expired, Trigger = RunTrigger.Api });

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RollUpAsync(day))), Assert.True);

        var hours = await ReadAsync(day, day.AddDays(1), RollupStep.Hour);
        Assert.Equal(24, hours.Count);
        Assert.Equal((1, 1, 1, 3), (hours[1].Succeeded, hours[1].Failed, hours[1].Skipped, hours[1].Total));
        Assert.Equal((2, 0.03 + 1, 1.0), (hours[1].Lateness.Count, Math.Round(hours[1].Lateness.Sum, 3), Math.Round(hours[1].Lateness.Max, 3)));
        Assert.Equal((1, 0), (hours[2].Expired, hours[2].Lateness.Count));
        Assert.Equal(1, hours[23].Total);
        var all = Assert.Single(await ReadAsync(day, day.AddDays(1), RollupStep.Day));
        Assert.Equal((5, 2, 1, 100.0), (all.Total, all.Succeeded, all.Failed, Math.Round(all.RunTime.Max, 3)));
        var own = Assert.Single(await ReadAsync(day, day.AddDays(1), RollupStep.Day, schedule: Schedule));
        Assert.Equal((3, 2, 1, 3), (own.Total, own.Succeeded, own.Failed, own.Lateness.Count));
        Assert.Equal(1, Assert.Single(await ReadAsync(day, day.AddDays(1), RollupStep.Day, kind: "leak")).Total);
    }

    [Fact]
    public async Task What_is_not_counted_yet_is_read_from_the_runs_and_counting_it_changes_no_figure()
    {
        // Not further back than the days that are read from the runs, at whatever hour of the day this is.
        var runs = Enumerable.Range(0, 48).Select(n => new PastRun(Now.AddHours(-n)) { ScheduleId = n % 2 == 0 ? Schedule : null, Late = 0.01 * n }).ToArray();
        await History.AddAsync(_engine, runs);
        var before = await ReadAsync(Now.AddHours(-47), Now, RollupStep.Hour);

        for (var day = Today.AddDays(-3); day <= Today; day = day.AddDays(1))
        {
            await RollUpAsync(day);
        }

        var after = await ReadAsync(Now.AddHours(-47), Now, RollupStep.Hour);
        Assert.Equal(48, before.Sum(hour => hour.Total));
        Assert.Equal(before.Select(hour => (hour.At, hour.Total, hour.Lateness.Percentile(0.99))), after.Select(hour => (hour.At, hour.Total, hour.Lateness.Percentile(0.99))));
        Assert.Equal(48, (await ReadAsync(Today.AddDays(-4), Now, RollupStep.Day)).Sum(day => day.Total));
        Assert.Equal(24, (await ReadAsync(Today.AddDays(-4), Now, RollupStep.Day, schedule: Schedule)).Sum(day => day.Total));
    }

    [Fact]
    public async Task A_straggler_is_counted_again_until_it_has_ended_and_its_day_waits_for_it()
    {
        var day = Today.AddDays(-2);
        var straggler = new PastRun(day.AddHours(5)) { State = RunState.Queued, Late = 1 };
        await History.AddAsync(_engine, straggler);

        Assert.False(await RollUpAsync(day));
        Assert.Equal(1, (await ReadAsync(day, day.AddDays(1), RollupStep.Day))[0].Unfinished);
        await ExecuteAsync($"UPDATE runs SET state = 'succeeded', finished_at = now() WHERE id = '{straggler.Id}'");
        Assert.False(await RollUpAsync(day));
        await ExecuteAsync("UPDATE run_rollup_days SET computed_at = computed_at - interval '61 minutes'");

        Assert.True(await RollUpAsync(day));
        var counted = Assert.Single(await ReadAsync(day, day.AddDays(1), RollupStep.Day));
        Assert.Equal((1, 0), (counted.Succeeded, counted.Unfinished));
    }

    [Fact]
    public async Task Days_whose_runs_are_dropped_still_show()
    {
        var day = Today.AddDays(-200);
        await History.AddAsync(_engine, new PastRun(day.AddHours(1)) { ScheduleId = Schedule }, new PastRun(day.AddHours(2)) { ScheduleId = Schedule, State = RunState.Failed });

        await using (await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler"))
        {
            await Eventually.SeeAsync(async () => (await _engine.WithAsync<RunQueries, Page<Run>>(q => q.ListAsync(new RunFilter { ScheduleId = Schedule }, null, 10, default))).Items.Count, count => count == 0);
        }

        var counted = Assert.Single(await ReadAsync(day, day.AddDays(1), RollupStep.Day, schedule: Schedule));
        Assert.Equal((1, 1), (counted.Succeeded, counted.Failed));
        Assert.DoesNotContain(DateOnly.FromDateTime(day.UtcDateTime), await _engine.Services.GetRequiredService<RunPartitions>().DaysAsync(default));
    }

    [Fact]
    public async Task Old_counts_go_hours_of_schedules_first()
    {
        await ExecuteAsync(string.Join(';', new[] { ("hour", 10, Schedule), ("hour", 10, Guid.Empty), ("day", 399, Schedule), ("day", 401, Schedule), ("hour", 401, Guid.Empty) }.Select(row =>
            $"INSERT INTO run_rollups SELECT '{row.Item3}', '{row.Item1}', now() - interval '{row.Item2} days', 'echo', 1, 0, 0, 0, 0, 0, 0, 0, 0, '{{}}', 0, 0, 0, '{{}}'")));

        await _engine.Services.GetRequiredService<RunRollups>().ExpireAsync(default);

        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT string_agg(step || (now()::date - bucket::date), ' ' ORDER BY step) FROM run_rollups");
        Assert.Equal("day399 hour10", await command.ExecuteScalarAsync());
    }

    [Fact]
    public void Percentiles_lie_within_their_step_and_never_above_the_longest()
    {
        var figures = new DurationFigures();
        figures.Add(98, 98 * 0.03, 0.04, [0, 0, 0, 0, 0, 98]);
        figures.Add(2, 14, 8, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);

        Assert.InRange(figures.Percentile(0.5)!.Value, 0.02, 0.05);
        Assert.InRange(figures.Percentile(0.99)!.Value, 5, 8);
        Assert.Equal(8, figures.Percentile(1));
        Assert.Null(new DurationFigures().Percentile(0.5));
    }

    private Task<bool> RollUpAsync(DateTimeOffset day) => _engine.Services.GetRequiredService<RunRollups>().RollUpAsync(DateOnly.FromDateTime(day.UtcDateTime), default);

    private Task<IReadOnlyList<RunFigures>> ReadAsync(DateTimeOffset from, DateTimeOffset to, RollupStep step, string? kind = null, Guid? schedule = null) =>
        _engine.Services.GetRequiredService<RunHistory>().ReadAsync(from, to, step, kind, schedule, default);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
