using System.Text;
using System.Text.Json;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Files;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Core.Tests.Schedules.Files;

public sealed class ScheduleFilesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_export_has_what_differs_from_the_defaults_and_nothing_else()
    {
        await CreateAsync("""{"name":"Plain","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");
        await CreateAsync("""
            {"key":"full","name":"Full: of things","kind":"echo","description":"one\ntwo\n","tags":["a","5"],"options":{"failFirst":2,"text":"no"},"cadence":{"type":"cron","cron":"*/5 8-18 * * *","timeZone":"Europe/Berlin"},
             "queue":"slow","priority":0,"enabled":false,"startAt":"2030-01-01T00:00:00Z","timeout":"00:20:00","misfire":"runAll","retry":{"maxAttempts":5}}
            """);

        Assert.Equal(
            """
            schedules:
              - key: full
                name: 'Full: of things'
                description: |
                  one
                  two
                tags:
                  - a
                  - "5"
                kind: echo
                options:
                  text: "no"
                  failFirst: 2
                cadence:
                  type: cron
                  cron: '*/5 8-18 * * *'
                  timeZone: Europe/Berlin
                queue: slow
                priority: 0
                enabled: false
                startAt: "2030-01-01T00:00:00Z"
                misfire: runAll
                timeout: "00:20:00"
                retry:
                  maxAttempts: 5
              - key: plain
                name: Plain
                kind: echo
                cadence:
                  type: every
                  every: "01:00:00"

            """,
            await ExportAsync(ScheduleFileFormat.Yaml));
        Assert.Equal("schedules: []\n", await ExportAsync(ScheduleFileFormat.Yaml, new ScheduleFilter { Key = "absent" }));
        Assert.Single(JsonDocument.Parse(await ExportAsync(ScheduleFileFormat.Json, new ScheduleFilter { Tag = "a" })).RootElement.GetProperty("schedules").EnumerateArray());
    }

    [Theory]
    [InlineData(ScheduleFileFormat.Yaml)]
    [InlineData(ScheduleFileFormat.Json)]
    public async Task What_was_exported_changes_nothing_when_it_is_imported(ScheduleFileFormat format)
    {
        var hourly = await CreateAsync("""{"name":"Hourly","kind":"echo","cadence":{"type":"every","every":"01:00:00"},"startAt":"2030-01-01T00:00:00Z","jitter":"00:00:10"}""");
        await CreateAsync("""{"name":"Secretive","kind":"http-request","options":{"url":"https://example.org/","secretHeader":"X-Key: hush"},"cadence":{"type":"cron","cron":"0 3 * * *"}}""");
        var (before, secretive) = (await FindAsync("hourly"), await FindAsync("secretive"));
        var file = await ExportAsync(format);
        Assert.DoesNotContain("hush", file, StringComparison.Ordinal);

        var plan = await ImportedAsync(file, format, prune: true);

        Assert.All(plan.Schedules, schedule => Assert.Equal((ImportAction.Unchanged, 0), (schedule.Action, schedule.Changes.Count)));
        var after = await FindAsync("hourly");
        Assert.Equal((before.Version, before.UpdatedAt, before.State!.NextDueAt), (after.Version, after.UpdatedAt, after.State!.NextDueAt));
        Assert.Equal(hourly.Id, after.Id);
        Assert.Equal(secretive.Options, (await FindAsync("secretive")).Options);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_does_nothing()
    {
        await CreateAsync("""{"name":"Changed","kind":"echo","options":{"text":"a"},"cadence":{"type":"cron","cron":"0 3 * * *"},"timeout":"00:01:00"}""");
        await CreateAsync("""{"name":"Kept","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");
        await CreateAsync("""{"name":"Gone","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");
        const string file = """
            schedules:
              - {key: new, name: New, kind: echo, cadence: {type: cron, cron: 30 2 * * 1-5}}
              - {key: changed, name: Changed, kind: echo, options: {text: b}, cadence: {type: cron, cron: 0 4 * * *}, priority: 1}
              - {key: kept, name: Kept, kind: echo, cadence: {type: every, every: 01:00:00}}
            """;

        var plan = await ImportedAsync(file, dryRun: true, prune: true);

        Assert.True(plan.DryRun);
        Assert.Equal("1 created, 1 changed, 1 deleted, 1 unchanged", plan.InWords);
        Assert.Equal(
            [("new", ImportAction.Create), ("changed", ImportAction.Update), ("kept", ImportAction.Unchanged), ("gone", ImportAction.Delete)],
            plan.Schedules.Select(schedule => (schedule.Key, schedule.Action)));
        Assert.Equal(
            ["options.text: \"a\" > \"b\"", "cadence.cron: \"0 3 * * *\" > \"0 4 * * *\"", "priority:  > 1", "timeout: \"00:01:00\" > "],
            plan.Schedules[1].Changes.Select(change => $"{change.Field}: {change.Before?.ToJsonString()} > {change.After?.ToJsonString()}"));
        Assert.Equal("At 02:30 on weekdays, UTC", plan.Schedules[0].CadenceText);
        Assert.Equal(["changed", "gone", "kept"], await KeysAsync());
        Assert.Contains("\"a\"", (await FindAsync("changed")).Options, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_creates_changes_and_deletes_and_what_is_due_follows()
    {
        await CreateAsync("""{"name":"Changed","kind":"echo","cadence":{"type":"every","every":"00:00:01"}}""");
        await CreateAsync("""{"name":"Other","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");
        const string file = """
            schedules:
              - {key: new, name: New, kind: echo, cadence: {type: every, every: 01:00:00}}
              - {key: changed, name: Changed, kind: echo, cadence: {type: every, every: 01:00:00}, enabled: false}
            """;

        var kept = await ImportedAsync(file);
        Assert.Equal("1 created, 1 changed", kept.InWords);
        Assert.Equal(["changed", "new", "other"], await KeysAsync());
        Assert.NotNull((await FindAsync("new")).State!.NextDueAt);
        var changed = await FindAsync("changed");
        Assert.Equal((false, null), (changed.Enabled, changed.State!.NextDueAt));

        Assert.Equal("1 deleted, 2 unchanged", (await ImportedAsync(file, prune: true)).InWords);
        Assert.Equal(["changed", "new"], await KeysAsync());
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once_and_nothing_is_done()
    {
        var errors = await RefusedAsync("""
            schedules:
              - {key: right, name: Right, kind: echo, cadence: {type: every, every: 01:00:00}}
              - key: Wrong Key
                name: 5
                kind: echo
                colour: red
                timeout: soon
                cadence: {type: cron, cron: 61 * * * *}
              - kind: ecko
                name: No key
                options: {}
                retry: {maxAttempts: 0}
                cadence: {type: every, every: 01:00:00}
              - {key: right, name: Right again, kind: echo, options: {texd: x}, cadence: {type: every, every: 01:00:00}}
              - {key: twice, name: Twice, kind: echo, cadence: {type: every, every: 01:00:00}}
              - {key: twice, name: Twice, kind: echo, cadence: {type: every, every: 01:00:00}}
            """);

        Assert.Equal(
            ["schedules[1].cadence.cron", "schedules[1].colour", "schedules[1].key", "schedules[1].name", "schedules[1].timeout", "schedules[2].key", "schedules[2].kind", "schedules[2].retry.maxAttempts", "schedules[3].options.texd", "schedules[5].key"],
            errors.Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.EndsWith("(Wrong Key, line 8)", Assert.Single(errors.Of("schedules[1].cadence.cron")), StringComparison.Ordinal);
        Assert.Contains("schedules[4] has the key 'twice' too", Assert.Single(errors.Of("schedules[5].key")), StringComparison.Ordinal);
        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData("[]", "", "begins with")]
    [InlineData("schedules: 5", "schedules", "list of schedules")]
    [InlineData("other: []", "other", "no such field")]
    [InlineData("schedules: [5]", "schedules[0]", "object")]
    [InlineData("schedules: [", "", "line")]
    [InlineData("", "", "begins with")]
    [InlineData("schedules: [{key: null, name: a, kind: echo, cadence: {type: every, every: 01:00:00}}]", "schedules[0].key", "needed in a file")]
    [InlineData("schedules: [{key: a\0b, name: a, kind: echo, cadence: {type: every, every: 01:00:00}}]", "", "line")]
    [InlineData("schedules: [{key: \"a\\0b\", name: a, kind: echo, cadence: {type: every, every: 01:00:00}}]", "schedules[0].key", "lower-case")]
    public async Task A_file_of_another_shape_is_refused(string file, string field, string why) =>
        Assert.Contains(why, Assert.Single((await RefusedAsync(file)).Of(field)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"schedules\": [\n{\"key\": \"a\", \"key\": \"b\"}]}", "", "(line 2): 'key' is given twice")]
    [InlineData("{\"schedules\": [\n{\"key\": \"\\ud800\", \"name\": \"a\"}]}", "", "(line 2): there is a text that is not valid Unicode")]
    [InlineData("{\"schedules\":\n [", "", "line 2")]
    [InlineData("{\"schedules\": []} []", "", "line 1")]
    [InlineData("{\"schedules\": [], // none\n}", "", "line 1")]
    [InlineData("schedules: []", "", "line 1")]
    [InlineData("", "", "line 1")]
    [InlineData("{\"schedules\": [\n{\"key\": \"a\", \"name\": \"a\", \"kind\": \"echo\",\n \"cadence\": {}}]}", "schedules[0].cadence.type", "(a, line 3)")]
    public async Task Json_is_taken_as_strictly(string file, string field, string why) =>
        Assert.Contains(why, string.Concat((await RefusedAsync(file, ScheduleFileFormat.Json)).Of(field)), StringComparison.Ordinal);

    [Fact]
    public async Task A_masked_secret_with_nothing_to_keep_is_refused_by_its_name()
    {
        const string file = """
            schedules:
              - {key: fetch, name: Fetch, kind: http-request, options: {url: "https://example.org/", secretHeader: "********"}, cadence: {type: every, every: 01:00:00}}
            """;

        Assert.Contains("stands for a secret that is stored, and none is", string.Concat((await RefusedAsync(file)).Of("schedules[0].options.secretHeader")), StringComparison.Ordinal);

        await ImportedAsync(file.Replace("********", "X-Key: hush", StringComparison.Ordinal));
        var plan = await ImportedAsync(file.Replace("********", "X-Key: other", StringComparison.Ordinal));
        var change = Assert.Single(plan.Schedules[0].Changes);
        Assert.Equal(("options.secretHeader", "\"********\"", "\"********\""), (change.Field, change.Before!.ToJsonString(), change.After!.ToJsonString()));
        Assert.Equal("1 unchanged", (await ImportedAsync(file)).InWords);
    }

    [Fact]
    public async Task Schedules_of_one_file_may_continue_with_one_another_but_not_in_a_circle()
    {
        const string file = """
            schedules:
              - {key: first, name: First, kind: echo, cadence: {type: every, every: 01:00:00}, continueWith: [{on: always, schedule: second}]}
              - {key: second, name: Second, kind: echo, cadence: {type: every, every: 01:00:00}, continueWith: [{schedule: third}]}
              - {key: third, name: Third, kind: echo, cadence: {type: every, every: 01:00:00}}
            """;

        Assert.Equal("3 created", (await ImportedAsync(file, prune: true)).InWords);
        Assert.Equal("3 unchanged", (await ImportedAsync(await ExportAsync(ScheduleFileFormat.Yaml))).InWords);
        var missing = await RefusedAsync(file.Replace("schedule: third", "schedule: fourth", StringComparison.Ordinal));
        Assert.Contains("no schedule 'fourth'", Assert.Single(missing.Of("schedules[1].continueWith")), StringComparison.Ordinal);
        var circle = await RefusedAsync(file.Replace("schedule: third", "schedule: first", StringComparison.Ordinal));
        Assert.Contains("second → first → second", Assert.Single(circle.Of("schedules[1].continueWith")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_guide_is_imported()
    {
        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs/schedules-as-files.md"));
        var example = guide.Split("```yaml\n")[1].Split("```")[0];

        var plan = await ImportedAsync(example);

        Assert.Equal(["At 08:30 on weekdays, Europe/Berlin", "Every 5 minutes"], plan.Schedules.Select(schedule => schedule.CadenceText));
        Assert.Equal("2 unchanged", (await ImportedAsync(await ExportAsync(ScheduleFileFormat.Yaml))).InWords);
    }

    [Fact]
    public async Task An_empty_file_never_prunes_everything_away()
    {
        await CreateAsync("""{"name":"Dear","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");

        Assert.Contains("delete every schedule", Assert.Single((await RefusedAsync("schedules: []", prune: true)).Of("schedules")), StringComparison.Ordinal);

        Assert.Equal(["dear"], await KeysAsync());
    }

    [Fact]
    public async Task Imports_at_the_same_time_take_turns()
    {
        var file = Many(200, "01:00:00");

        var plans = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ImportedAsync(file)));

        Assert.Equal(200, plans.Sum(plan => plan.Count(ImportAction.Create)));
        Assert.Equal(600, plans.Sum(plan => plan.Count(ImportAction.Unchanged)));
    }

    [Fact]
    public async Task Ten_thousand_schedules_come_and_go_in_seconds()
    {
        var begun = TimeProvider.System.GetTimestamp();
        var made = await TimedAsync("created", () => ImportedAsync(Many(10_000, "01:00:00")));
        var changed = await TimedAsync("changed", () => ImportedAsync(Many(10_000, "02:00:00")));
        var file = await TimedAsync("exported", () => ExportAsync(ScheduleFileFormat.Yaml));
        var same = await TimedAsync("found unchanged", () => ImportedAsync(file));

        Assert.Equal((10_000, 10_000, 10_000), (made.Count(ImportAction.Create), changed.Count(ImportAction.Update), same.Count(ImportAction.Unchanged)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 0, 120);
    }

    private async Task<T> TimedAsync<T>(string what, Func<Task<T>> act)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var done = await act();
        output.WriteLine($"{what} in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s");
        return done;
    }

    private static string Many(int count, string every)
    {
        var file = new StringBuilder("schedules:\n");
        for (var i = 0; i < count; i++)
        {
            file.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - key: many-{i}\n    name: Number {i}\n    kind: echo\n    tags: [many]\n    options:\n      text: number {i}\n    cadence:\n      type: every\n      every: {every}\n    jitter: 00:10:00\n");
        }

        return file.ToString();
    }

    private Task<Result<ImportPlan>> ImportAsync(string file, ScheduleFileFormat format, bool dryRun, bool prune) =>
        _engine.WithAsync<ScheduleImport, Result<ImportPlan>>(import => import.RunAsync(file, format, dryRun, prune, default));

    private async Task<ImportPlan> ImportedAsync(string file, ScheduleFileFormat format = ScheduleFileFormat.Yaml, bool dryRun = false, bool prune = false)
    {
        var result = await ImportAsync(file, format, dryRun, prune);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString() ?? result.Conflict);
    }

    private async Task<FieldErrors> RefusedAsync(string file, ScheduleFileFormat format = ScheduleFileFormat.Yaml, bool prune = false)
    {
        var dry = await ImportAsync(file, format, dryRun: true, prune);
        var result = await ImportAsync(file, format, dryRun: false, prune);
        Assert.Equal(dry.Errors?.ToString(), result.Errors?.ToString());
        return result.Errors ?? throw new InvalidOperationException("It was taken.");
    }

    private async Task<string> ExportAsync(ScheduleFileFormat format, ScheduleFilter? filter = null)
    {
        using var file = new MemoryStream();
        await _engine.WithAsync<ScheduleExport, bool>(async export =>
        {
            await export.WriteAsync(filter ?? new ScheduleFilter(), format, file, default);
            return true;
        });
        return Encoding.UTF8.GetString(file.ToArray());
    }

    private Task<Schedule> CreateAsync(string json) => _engine.WithAsync<ScheduleCommands, Schedule>(async commands =>
    {
        var result = await commands.CreateAsync(JsonSerializer.Deserialize<ScheduleInput>(json, ScheduleInput.Json)!, default);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());
    });

    private Task<Schedule> FindAsync(string key) => _engine.WithAsync<ScheduleQueries, Schedule>(async queries => (await queries.FindAsync(key, default))!);

    private async Task<IEnumerable<string>> KeysAsync() =>
        (await _engine.WithAsync<ScheduleQueries, Page<Schedule>>(queries => queries.ListAsync(new ScheduleFilter(), null, 100, default))).Items.Select(schedule => schedule.Key);
}
