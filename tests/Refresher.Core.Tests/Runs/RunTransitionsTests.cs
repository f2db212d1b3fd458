using System.Text.RegularExpressions;
using Refresher.Core.Runs;

namespace Refresher.Core.Tests.Runs;

public sealed partial class RunTransitionsTests
{
    private static readonly string[] Document = File.ReadAllLines(Repository.PathOf("docs/run-lifecycle.md"));

    [Fact]
    public void The_document_lists_the_moves_there_are_in_their_order()
    {
        var listed = Document.Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => (Enum.Parse<RunState>(row.Groups[1].Value), Enum.Parse<RunState>(row.Groups[2].Value), Enum.Parse<RunActor>(row.Groups[3].Value)));

        Assert.Equal(RunTransitions.All, listed);
    }

    [Fact]
    public void The_picture_shows_the_moves_there_are()
    {
        var drawn = Document.Select(line => Arrow().Match(line)).Where(arrow => arrow.Success)
            .Select(arrow => (Enum.Parse<RunState>(arrow.Groups[1].Value), Enum.Parse<RunState>(arrow.Groups[2].Value)));

        Assert.Equal(RunTransitions.All.Select(move => (move.From, move.To)).Distinct().Order(), drawn.Order());
    }

    [Fact]
    public void No_move_leaves_a_final_state()
    {
        Assert.All(RunTransitions.All, move => Assert.False(move.From.IsFinal(), $"{move.By} moves a run from {move.From}, which is final."));
    }

    [Fact]
    public void From_every_state_a_run_can_end()
    {
        foreach (var state in Enum.GetValues<RunState>())
        {
            var reached = new HashSet<RunState> { state };
            while (RunTransitions.All.Where(move => reached.Contains(move.From)).Any(move => reached.Add(move.To)))
            {
            }

            Assert.Contains(reached, other => other.IsFinal());
        }
    }

    [Fact]
    public void Only_a_worker_begins_and_succeeds()
    {
        Assert.All(RunTransitions.All.Where(move => move.To is RunState.Running or RunState.Succeeded), move => Assert.Equal(RunActor.Worker, move.By));
    }

    [Fact]
    public void The_states_of_a_move_are_named_as_stored()
    {
        Assert.Equal(["scheduled", "retrying"], RunTransitions.From(RunState.Queued, RunActor.Scheduler));
    }

    [Theory]
    [InlineData(RunState.Running, RunActor.Person)]
    [InlineData(RunState.Succeeded, RunActor.Rescuer)]
    [InlineData(RunState.Scheduled, RunActor.Scheduler)]
    public void A_move_that_is_not_there_is_refused(RunState to, RunActor by)
    {
        Assert.Throws<InvalidOperationException>(() => RunTransitions.From(to, by));
    }

    [GeneratedRegex(@"^\| (\w+) \| (\w+) \| (Scheduler|Worker|Rescuer|Person) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"^\s+([A-Z]\w+) --> ([A-Z]\w+)")]
    private static partial Regex Arrow();
}
