using System.Text;
using System.Text.Json;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Files;
using Xunit.Abstractions;

namespace Refresher.Core.Tests.Schedules.Files;

public sealed class ScheduleFilesTests(ITestOutputHelper output) : ScheduleFilesTest
{
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
    public async Task The_example_of_the_guide_is_imported()
    {
        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs/schedules-as-files.md"));
        var example = guide.Split("```yaml\n")[1].Split("```")[0];

        var plan = await ImportedAsync(example);

        Assert.Equal(["At 08:30 on weekdays, Europe/Berlin", "Every 5 minutes"], plan.Schedules.Select(schedule => schedule.CadenceText));
        Assert.Equal("2 unchanged", (await ImportedAsync(await ExportAsync(ScheduleFileFormat.Yaml))).InWords);
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
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 0, 600);
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
}
