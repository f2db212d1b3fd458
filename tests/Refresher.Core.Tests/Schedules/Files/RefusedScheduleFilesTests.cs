using Refresher.Core.Schedules.Files;

namespace Refresher.Core.Tests.Schedules.Files;

/// <summary>What an import refuses, and how it says so.</summary>
public sealed class RefusedScheduleFilesTests : ScheduleFilesTest
{
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
    public async Task An_empty_file_never_prunes_everything_away()
    {
        await CreateAsync("""{"name":"Dear","kind":"echo","cadence":{"type":"every","every":"01:00:00"}}""");

        Assert.Contains("delete every schedule", Assert.Single((await RefusedAsync("schedules: []", prune: true)).Of("schedules")), StringComparison.Ordinal);

        Assert.Equal(["dear"], await KeysAsync());
    }
}
