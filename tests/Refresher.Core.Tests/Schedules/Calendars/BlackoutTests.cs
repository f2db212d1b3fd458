using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Occurrences;
using Refresher.Testing;

namespace Refresher.Core.Tests.Schedules.Calendars;

public sealed class BlackoutTests : IAsyncLifetime
{
    private const string Always = "00:00-24:00 # maintenance";
    private const string Never = "1999-12-31";

    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_excluded_occurrence_is_skipped_with_its_reason_and_those_after_the_third_are_one_growing_gap()
    {
        await CalendarAsync(Always, null);
        var schedule = await ScheduleAsync("""{"type":"every","every":"00:00:01"}""");

        var accounts = await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items.Any(item => item.Count >= 3));

        Assert.All(accounts, account => Assert.Equal((OccurrenceOutcome.Skipped, "blackout: calendar 'quiet' (maintenance: 00:00 to 24:00)"), (account.Outcome, account.Why)));
        Assert.Equal(3, accounts.Count(account => account.Run?.State == RunState.Skipped));
        Assert.Single(accounts, account => account.Run is null);
    }

    [Fact]
    public async Task An_edit_of_the_calendar_acts_on_what_is_due_next()
    {
        await CalendarAsync(Always, null);
        var schedule = await ScheduleAsync("""{"type":"every","every":"00:00:01"}""");
        await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items.Any(item => item.Run is null));

        await CalendarAsync(Never, "quiet");
        await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items.Any(item => item.Run?.State == RunState.Succeeded));

        await CalendarAsync(Always, "quiet");
        var accounts = await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items[0].Outcome == OccurrenceOutcome.Skipped);

        // Every second has its account: nothing was lost between rows and gaps.
        var ends = accounts.OrderBy(account => account.At).ToArray();
        Assert.All(ends.Zip(ends.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(1), pair.Second.At - pair.First.Last));
    }

    [Fact]
    public async Task A_schedule_with_a_fixed_delay_goes_on_after_the_blackout()
    {
        await CalendarAsync(Always, null);
        var schedule = await ScheduleAsync("""{"type":"every","every":"00:00:01","mode":"delay"}""");
        await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items.Count(item => item.Run?.State == RunState.Skipped) >= 2);

        await CalendarAsync(Never, "quiet");

        await Eventually.SeeAsync(() => AccountsAsync(schedule), items => items.Count(item => item.Run?.State == RunState.Succeeded) >= 2);
    }

    [Fact]
    public async Task What_a_person_asks_for_runs_also_in_a_blackout()
    {
        await CalendarAsync(Always, null);
        var schedule = await ScheduleAsync("""{"type":"every","every":"01:00:00"}""");

        var started = await _engine.WithAsync<ScheduleCommands, Result<Run>>(commands => commands.RunNowAsync(schedule.Id, null, default));

        var run = await Eventually.SeeAsync(() => _engine.WithAsync<RunQueries, Run?>(queries => queries.FindAsync(started.Value!.Id, default)), run => run!.State.IsFinal());
        Assert.Equal(RunState.Succeeded, run!.State);
    }

    private async Task CalendarAsync(string rule, string? replaced)
    {
        var input = new CalendarInput { Name = "quiet", Rules = [rule] };
        var made = await _engine.WithAsync<CalendarCommands, Result<Calendar>>(commands => replaced is null ? commands.CreateAsync(input, default) : commands.ReplaceAsync(replaced, input, default));
        Assert.NotNull(made.Value);
    }

    private async Task<Schedule> ScheduleAsync(string cadence)
    {
        var input = new ScheduleInput { Name = "Quiet at times", Kind = "echo", Calendars = ["quiet"], Cadence = System.Text.Json.JsonElement.Parse(cadence) };
        var made = await _engine.WithAsync<ScheduleCommands, Result<Schedule>>(commands => commands.CreateAsync(input, default));
        return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
    }

    private async Task<IReadOnlyList<OccurrenceAccount>> AccountsAsync(Schedule schedule)
    {
        var now = _engine.Services.GetService(typeof(TimeProvider)) is TimeProvider clock ? clock.GetUtcNow() : default;
        var stored = await _engine.WithAsync<ScheduleQueries, Schedule?>(queries => queries.FindAsync(schedule.Id, default));
        var range = OccurrenceRange.Of(null, null, OccurrenceOrder.LatestFirst, null, 500, now);
        return (await _engine.WithAsync<OccurrenceHistory, Page<OccurrenceAccount>>(history => history.ReadAsync(stored!, range, default))).Items;
    }
}
