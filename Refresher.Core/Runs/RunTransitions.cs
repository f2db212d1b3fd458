namespace Refresher.Core.Runs;

/// <summary>Who makes a move in a run's life.</summary>
public enum RunActor
{
    Scheduler,
    Worker,
    Rescuer,
    Person,
}

/// <summary>
/// Every move a run may make and who may make it: the table behind <c>docs/run-lifecycle.md</c>. The SQL of a move names its
/// states through <see cref="From"/>, so a move that is not here finds no row.
/// </summary>
public static class RunTransitions
{
    private static readonly (RunState From, RunState To, RunActor By)[] Allowed =
    [
        (RunState.Scheduled, RunState.Queued, RunActor.Scheduler),
        (RunState.Scheduled, RunState.Skipped, RunActor.Scheduler),
        (RunState.Retrying, RunState.Queued, RunActor.Scheduler),
        (RunState.Queued, RunState.Expired, RunActor.Scheduler),
        (RunState.Queued, RunState.Cancelled, RunActor.Scheduler),
        (RunState.Retrying, RunState.Cancelled, RunActor.Scheduler),
        (RunState.Queued, RunState.Running, RunActor.Worker),
        (RunState.Running, RunState.Succeeded, RunActor.Worker),
        (RunState.Running, RunState.Failed, RunActor.Worker),
        (RunState.Running, RunState.Cancelled, RunActor.Worker),
        (RunState.Running, RunState.Retrying, RunActor.Worker),
        (RunState.Running, RunState.Queued, RunActor.Worker),
        (RunState.Running, RunState.Queued, RunActor.Rescuer),
        (RunState.Running, RunState.Failed, RunActor.Rescuer),
        (RunState.Running, RunState.Cancelled, RunActor.Rescuer),
        (RunState.Scheduled, RunState.Cancelled, RunActor.Person),
        (RunState.Queued, RunState.Cancelled, RunActor.Person),
        (RunState.Retrying, RunState.Cancelled, RunActor.Person),
    ];

    /// <summary>All moves, in the order of the table in the docs.</summary>
    public static IReadOnlyList<(RunState From, RunState To, RunActor By)> All => Allowed;

    /// <summary>True when nothing moves the run any more.</summary>
    public static bool IsFinal(this RunState state) => state >= RunState.Succeeded;

    /// <summary>The stored word of a state: camelCase, as in the Api.</summary>
    public static string Word(this RunState state) => Words<RunState>.Of(state);

    /// <summary>The stored word of a trigger: camelCase, as in the Api.</summary>
    public static string Word(this RunTrigger trigger) => Words<RunTrigger>.Of(trigger);

    /// <summary>The states, as stored words, from which <paramref name="by"/> may move a run to <paramref name="to"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no such move.</exception>
    public static string[] From(RunState to, RunActor by)
    {
        var states = Allowed.Where(move => move.To == to && move.By == by).Select(move => move.From.Word()).ToArray();
        return states.Length > 0 ? states : throw new InvalidOperationException($"No run is moved to {to} by a {by}.");
    }
}
