using System.Text.Json;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Files;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Core.Tests.Schedules.Declared;

public sealed class DeclaredSchedulesTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_declared_schedule_is_made_once_and_the_next_start_leaves_it_alone()
    {
        var made = await StartAsync<TidyTask, TidyOptions>("tidy-uploads");
        Assert.Equal("At 04:30 every day, Europe/Berlin", CadenceDescription.Describe(made!.Cadence));
        Assert.Equal(("tidy", "tidy", null), (made.Kind, made.Declaration!.Kind, made.Declaration.WithdrawnAt));
        Assert.NotNull(made.State!.NextDueAt);

        var again = await StartAsync<TidyTask, TidyOptions>("tidy-uploads");

        Assert.Equal((made.Version, made.UpdatedAt, made.Declaration.AppliedAt), (again!.Version, again.UpdatedAt, again.Declaration!.AppliedAt));
    }

    [Fact]
    public async Task A_persons_edit_stays_until_the_declaration_changes()
    {
        await DeclareAsync(Hourly("worked"));
        await DoAsync((commands, schedule) => commands.SetEnabledAsync(schedule.Id, false, default), "worked");
        await DoAsync((commands, schedule) => commands.UpdateAsync(schedule.Id, ScheduleInput.Of(schedule) with { Key = "renamed", Owner = "ops" }, null, default), "worked");

        Assert.Null(await DeclareAsync(Hourly("worked")));
        var edited = await FindAsync("renamed");
        Assert.Equal((false, "ops"), (edited!.Enabled, edited.Owner));

        var changed = await DeclareAsync(Hourly("worked") with { Priority = 1 });
        Assert.Equal((edited.Id, true, "", (short)1), (changed!.Id, changed.Enabled, changed.Owner, changed.Priority));
    }

    [Fact]
    public async Task What_a_person_deleted_comes_back_only_when_its_declaration_changes()
    {
        var made = await DeclareAsync(Hourly("deleted"));
        await UseAsync<ScheduleCommands, int>(commands => commands.DeleteAsync([made!.Id], default));

        Assert.Null(await DeclareAsync(Hourly("deleted")));
        Assert.NotNull(await DeclareAsync(Hourly("deleted") with { Priority = 1 }));
    }

    [Fact]
    public async Task What_is_no_longer_declared_is_paused_and_never_deleted_and_comes_back_when_it_is_declared_again()
    {
        await DeclareAsync(Hourly("withdrawn"));

        Declaring.Now = [];
        var gone = await StartAsync<Declaring, EchoOptions>("withdrawn");
        Assert.Equal((false, null), (gone!.Enabled, gone.State!.NextDueAt));
        Assert.NotNull(gone.Declaration!.WithdrawnAt);

        await DoAsync((commands, schedule) => commands.SetEnabledAsync(schedule.Id, true, default), "withdrawn");
        Assert.True((await StartAsync<Declaring, EchoOptions>("withdrawn"))!.Enabled);

        var back = await DeclareAsync(Hourly("withdrawn"));
        Assert.Equal((gone.Id, true, null), (back!.Id, back.Enabled, back.Declaration!.WithdrawnAt));
    }

    [Fact]
    public async Task One_that_is_not_right_is_left_out_and_keeps_no_other_from_being_made()
    {
        Declaring.Now = [Hourly("wrong") with { Priority = 9 }, Hourly("right"), Hourly("right") with { Priority = 1 }, Hourly("none") with { Key = null }];

        Assert.Equal(PlatformDefaults.Priority, (await StartAsync<Declaring, EchoOptions>("right"))!.Priority);
        Assert.Null(await FindAsync("wrong"));
    }

    [Fact]
    public async Task Schedulers_that_start_together_make_it_once()
    {
        Declaring.Now = [Hourly("together")];
        var catalog = CatalogOf<Declaring, EchoOptions>();

        var engines = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => EngineHost.StartAsync(_database, catalog, "scheduler")));

        await Eventually.SeeAsync(() => FindAsync("together"), schedule => schedule is not null);
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }

        var made = await UseAsync<AuditQueries, int>(async audit => (await audit.ListAsync(new AuditFilter { Action = "schedule.create" }, null, 100, default)).Items.Count(entry => entry.SubjectName == "together"));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task An_import_with_prune_spares_what_is_declared()
    {
        await DeclareAsync(Hourly("spared"));

        var plan = await UseAsync<ScheduleImport, Result<ImportPlan>>(import =>
            import.RunAsync("schedules: [{key: other, name: Other, kind: echo, cadence: {type: every, every: 01:00:00}}]", ScheduleFileFormat.Yaml, false, prune: true, default));

        Assert.Equal("1 created", plan.Value!.InWords);
        Assert.NotNull(await FindAsync("spared"));
    }

    [Fact]
    public void The_guide_shows_the_file_as_it_is()
    {
        var guide = File.ReadAllText(Repository.PathOf("docs/add-a-task.md"));
        var code = File.ReadAllText(Repository.PathOf("tests/Refresher.Core.Tests/Schedules/Declared/TidyTask.cs"));

        Assert.Contains($"```csharp\n{code}```\n", guide, StringComparison.Ordinal);
    }

    private static ScheduleInput Hourly(string key) => new() { Key = key, Name = key, Cadence = JsonElement.Parse("""{"type":"every","every":"01:00:00"}""") };

    private static KindCatalog CatalogOf<TTask, TOptions>()
        where TTask : class, IKind, ITask<TOptions>
        where TOptions : class => new KindCatalog().AddAll(TaskCatalog.Kinds).Add<TTask, TOptions>();

    private Task<Schedule?> DeclareAsync(ScheduleInput declared)
    {
        Declaring.Now = [declared];
        return StartAsync<Declaring, EchoOptions>(declared.Key!);
    }

    /// <summary>Starts a scheduler, waits until it has done what a start does, and stops it.</summary>
    private async Task<Schedule?> StartAsync<TTask, TOptions>(string key)
        where TTask : class, IKind, ITask<TOptions>
        where TOptions : class
    {
        await using var engine = await EngineHost.StartAsync(_database, CatalogOf<TTask, TOptions>(), "scheduler");
        await Eventually.SeeAsync(() => Task.FromResult(engine.Services.GetService(typeof(Core.Data.SchemaMigrator)) is Core.Data.SchemaMigrator { IsDone: true }), done => done);
        return await engine.WithAsync<ScheduleQueries, Schedule?>(queries => queries.FindAsync(key, default));
    }

    private async Task<T> UseAsync<TService, T>(Func<TService, Task<T>> use)
        where TService : notnull
    {
        await using var engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "");
        return await engine.WithAsync(use);
    }

    private Task<Schedule?> FindAsync(string key) => UseAsync<ScheduleQueries, Schedule?>(queries => queries.FindAsync(key, default));

    private async Task DoAsync(Func<ScheduleCommands, Schedule, Task<Result<Schedule>>> act, string key)
    {
        var schedule = await FindAsync(key);
        var done = await UseAsync<ScheduleCommands, Result<Schedule>>(commands => act(commands, schedule!));
        Assert.True(done.Value is not null, done.Errors?.ToString() ?? done.Conflict);
    }

    /// <summary>A kind, of the name that other tests know as well, whose declarations change from start to start.</summary>
    private sealed class Declaring : IKind, ITask<EchoOptions>
    {
        public static IReadOnlyList<ScheduleInput> Now { get; set; } = [];

        public static string Name => EchoTask.Name;

        public static IReadOnlyList<ScheduleInput> Schedules => Now;

        public Task<RunOutcome> RunAsync(EchoOptions options, RunContext run, CancellationToken cancel) => Task.FromResult(RunOutcome.Success());
    }
}
