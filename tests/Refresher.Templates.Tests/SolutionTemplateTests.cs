using System.Text.Json;

namespace Refresher.Templates.Tests;

/// <summary>What a copy is made of, without building it.</summary>
public sealed class SolutionTemplateTests(Templates templates) : IClassFixture<Templates>
{
    [Fact]
    public async Task A_copy_has_everything_under_its_own_name()
    {
        var copy = await templates.CopyAsync("MyJobs");

        Options.Hold(copy, []);
        Assert.Contains("public sealed class MyJobsDb(", copy.Text("MyJobs.Core/MyJobsDb.cs"), StringComparison.Ordinal);
        Assert.Contains("\"myjobs.runs\"", copy.Text("MyJobs.Core/Telemetry/MyJobsTelemetry.cs"), StringComparison.Ordinal);
        Assert.Contains("AddDatabase(\"myjobs\")", copy.Text("MyJobs.AppHost/Stores.cs"), StringComparison.Ordinal);
        Assert.Contains("\"MYJOBS_\"", copy.Text("MyJobs.Tasks/Command/CommandEnvironment.cs"), StringComparison.Ordinal);
        Assert.Contains("STATE=.myjobs\n", copy.Text("myjobs"), StringComparison.Ordinal);
        Assert.Contains("The Refresher authors", copy.Text("LICENSE"), StringComparison.Ordinal);
        Assert.Contains("The Refresher authors", copy.Text("CREDITS.md"), StringComparison.Ordinal);
        Assert.False(copy.Has("tests/MyJobs.Templates.Tests") || copy.Has("tests/MyJobs.Docs.Tests") || copy.Has(".template.config") || copy.Has("templates/copy") || copy.Has(".git"));
        foreach (var script in new[] { "myjobs", ".ci/run", "infra/compose/init.sh" })
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(copy.Folder, script)).HasFlag(UnixFileMode.UserExecute), script);
        }
    }

    [Fact]
    public async Task What_is_left_out_is_gone_whole()
    {
        Options.Hold(await templates.CopyAsync("Less", Options.All), Options.All);
    }

    [Fact]
    public async Task A_name_that_no_type_can_have_becomes_one_that_can()
    {
        var copy = await templates.CopyAsync("2nd night-jobs", Options.All) with { Name = "N2NdNightJobs" };

        Options.Hold(copy, Options.All);
    }

    [Fact]
    public void Every_line_that_the_template_takes_away_is_there()
    {
        using var template = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".template.config", "template.json")));
        var lines = template.RootElement.GetProperty("SpecialCustomOperations").EnumerateObject()
            .SelectMany(file => file.Value.GetProperty("operations").EnumerateArray().Select(operation => (File: file.Name, Line: operation.GetProperty("configuration").GetProperty("original").GetString()!)))
            .ToArray();

        Assert.NotEmpty(lines);
        Assert.All(lines, one => Assert.Equal(2, File.ReadAllText(Path.Combine(Repository.Root, one.File)).Split(one.Line).Length));
    }
}
