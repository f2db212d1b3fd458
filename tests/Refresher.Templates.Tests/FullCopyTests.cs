namespace Refresher.Templates.Tests;

/// <summary>A copy with everything, as a person has it after the two commands: built, started, given a task of its own.</summary>
[Trait("Suite", "template")]
public sealed class FullCopyTests(Templates templates) : IClassFixture<Templates>
{
    [Fact]
    public async Task It_builds_passes_its_fast_tests_starts_and_runs_a_schedule_and_then_a_task_of_its_own()
    {
        var copy = await templates.CopyAsync("MyJobs");
        await copy.BuildAsync(templates.Empty());
        Assert.True(await copy.TestAsync("Architecture") + await copy.TestAsync("ServiceDefaults") + await copy.TestAsync("AppHost", "FullyQualifiedName~ModelTests") > 30);
        await using (var running = await Running.StartAsync(copy))
        {
            var made = await running.PostAsync("api/v1/schedules", new { name = "Every second", kind = "hello", options = new { name = "you" }, cadence = new { type = "every", every = "00:00:01" } });
            var id = made.GetProperty("id").GetString();
            await running.SeeAsync($"api/v1/runs?scheduleId={id}&state=succeeded", runs => runs.GetProperty("items").GetArrayLength() >= 2);
            Assert.Contains("MyJobs", await running.PageAsync("/"), StringComparison.Ordinal);
        }

        await copy.ScriptAsync("task", "count-words", "--table", "--page", "--endpoints");
        Assert.Contains("| `count-words` |  | [CountWords](CountWords/README.md) |\n", copy.Text("MyJobs.Tasks/README.md"), StringComparison.Ordinal);
        copy.HasEveryPageItLinksTo();
        await copy.BuildAsync();
        Assert.True(await copy.TestAsync("Tasks", "FullyQualifiedName~.CountWords.|FullyQualifiedName~TaskCatalogTests") >= 5);
        Assert.True(await copy.TestAsync("Architecture") > 20);
        await using (var running = await Running.StartAsync(copy))
        {
            await SeeTaskAsync(running);
        }

        copy.HasNoOldName();
    }

    /// <summary>In the list of kinds, by a run, in its own end point and page, and in what workers count.</summary>
    private static async Task SeeTaskAsync(Running running)
    {
        await running.SeeAsync("api/v1/kinds", kinds => kinds.ToString().Contains("\"count-words\"", StringComparison.Ordinal));
        Assert.Contains("Count words", await running.PageAsync("/schedules/new"), StringComparison.Ordinal);

        var run = (await running.PostAsync("api/v1/runs", new { kind = "count-words", options = new { text = "four words are these" } })).GetProperty("ids")[0].GetString();
        var ended = await running.SeeAsync($"api/v1/runs/{run}", seen => seen.GetProperty("state").GetString() == "succeeded");
        Assert.Equal(4, ended.GetProperty("output").GetProperty("words").GetInt32());

        var kept = Assert.Single((await running.SeeAsync("api/v1/count-words", results => results.GetProperty("items").GetArrayLength() > 0)).GetProperty("items").EnumerateArray().ToArray());
        Assert.Equal((run, 4), (kept.GetProperty("id").GetString(), kept.GetProperty("words").GetInt32()));
        Assert.Contains($"/runs/{run}", await running.PageAsync("/count-words"), StringComparison.Ordinal);
        Assert.Matches("myjobs_runs_total\\{[^}]*kind=\"count-words\"[^}]*\\} 1", await running.MetricsAsync());
    }
}
