namespace Refresher.Templates.Tests;

/// <summary>What a task is made of, without building it.</summary>
public sealed class TaskTemplateTests(Templates templates) : IClassFixture<Templates>
{
    [Fact]
    public async Task A_task_is_a_folder_and_its_test()
    {
        var tree = templates.Empty();

        var said = await templates.TaskAsync(tree, "NightlySQLReport", "--solution", "MyJobs");

        Assert.Equal(
            [
                "MyJobs.Tasks/NightlySQLReport/NightlySQLReportOptions.cs", "MyJobs.Tasks/NightlySQLReport/NightlySQLReportTask.cs", "MyJobs.Tasks/NightlySQLReport/README.md",
                "tests/MyJobs.Tasks.Tests/NightlySQLReport/NightlySQLReportTaskTests.cs",
            ],
            new Copy(tree, "MyJobs").Files);
        Assert.Contains("TaskCatalog.cs", said, StringComparison.Ordinal);
        var readme = File.ReadAllText(Path.Combine(tree, "MyJobs.Tasks/NightlySQLReport/README.md"));
        Assert.Contains("using MyJobs.Tasks.NightlySQLReport;\n", readme, StringComparison.Ordinal);
        Assert.Contains(".Add<NightlySQLReportTask, NightlySQLReportOptions>()\n", readme, StringComparison.Ordinal);
        Assert.Contains("Name => \"nightly-sql-report\";", File.ReadAllText(Path.Combine(tree, "MyJobs.Tasks/NightlySQLReport/NightlySQLReportTask.cs")), StringComparison.Ordinal);
        new Copy(tree, "MyJobs").HasNoOldName();
    }

    [Fact]
    public async Task With_every_option_it_has_every_file_of_a_task()
    {
        var tree = templates.Empty();

        await templates.TaskAsync(tree, "tidy-up", "--table", "--page", "--endpoints");

        Assert.Equal(
            [
                "Refresher.Tasks/TidyUp/Pages/TidyUpPage.razor", "Refresher.Tasks/TidyUp/README.md", "Refresher.Tasks/TidyUp/TidyUpEndpoints.cs", "Refresher.Tasks/TidyUp/TidyUpOptions.cs",
                "Refresher.Tasks/TidyUp/TidyUpQueries.cs", "Refresher.Tasks/TidyUp/TidyUpResult.cs", "Refresher.Tasks/TidyUp/TidyUpTask.Endpoints.cs", "Refresher.Tasks/TidyUp/TidyUpTask.Page.cs",
                "Refresher.Tasks/TidyUp/TidyUpTask.cs", "tests/Refresher.Tasks.Tests/TidyUp/TidyUpTaskTests.cs",
            ],
            new Copy(tree, "Refresher").Files);
        Assert.All(new Copy(tree, "Refresher").Files, file => Assert.DoesNotMatch("TaskName|TaskTitle|task[-_]name", File.ReadAllText(Path.Combine(tree, file))));
    }
}
