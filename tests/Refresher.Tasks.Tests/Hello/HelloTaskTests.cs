using Refresher.Core.Contract;
using Refresher.Tasks.Hello;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.Hello;

public sealed class HelloTaskTests
{
    [Fact]
    public async Task It_greets_in_its_log_and_in_its_output()
    {
        var run = new RunHarness();

        var outcome = await new HelloTask().RunAsync(new HelloOptions { Name = "Ada" }, run, CancellationToken.None);

        Assert.Equal("Hello, Ada!", (string?)Assert.IsType<RunOutcome.SuccessOutcome>(outcome).Output!["greeting"]);
        Assert.Equal(["Hello, Ada!"], run.Lines.Select(line => line.Text));
    }

    [Theory]
    [InlineData(1, typeof(RunOutcome.RetryOutcome))]
    [InlineData(2, typeof(RunOutcome.RetryOutcome))]
    [InlineData(3, typeof(RunOutcome.SuccessOutcome))]
    public async Task It_fails_as_often_as_it_was_asked_to(int attempt, Type expected)
    {
        var run = new RunHarness { AttemptNumber = attempt };

        var outcome = await new HelloTask().RunAsync(new HelloOptions { FailFirst = 2 }, run, CancellationToken.None);

        Assert.IsType(expected, outcome);
    }

    [Fact]
    public void The_guide_shows_the_file_as_it_is()
    {
        var house = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(house!.FullName, "Refresher.sln")))
        {
            house = house.Parent;
        }

        var guide = File.ReadAllText(Path.Combine(house.FullName, "docs", "add-a-task.md"));
        var code = File.ReadAllText(Path.Combine(house.FullName, "Refresher.Tasks", "Hello", "HelloTask.cs"));

        Assert.Contains($"```csharp\n{code}```\n", guide, StringComparison.Ordinal);
    }
}
