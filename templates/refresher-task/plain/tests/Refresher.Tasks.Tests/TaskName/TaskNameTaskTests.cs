using Refresher.Core.Contract;
using Refresher.Tasks.TaskName;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.TaskName;

public sealed class TaskNameTaskTests
{
    [Fact]
    public async Task It_counts_words_and_says_so()
    {
        var run = new RunHarness();

        var outcome = await new TaskNameTask().RunAsync(new TaskNameOptions { Text = " three short\nwords " }, run, CancellationToken.None);

        Assert.Equal(3, (int?)Assert.IsType<RunOutcome.SuccessOutcome>(outcome).Output!["words"]);
        Assert.Equal(["Counted 3 words"], run.Lines.Select(line => line.Text));
    }

    [Fact]
    public void It_is_in_the_catalog()
    {
        Assert.Equal(typeof(TaskNameOptions), TaskCatalog.Kinds.Find(TaskNameTask.Name)?.OptionsType);
    }
}
