using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Refresher.Chaos.Tests;

/// <summary>The outside world: a server that the runs call, which knows what really happened, and the list of what was broken when.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<DateTimeOffset>> _executions = new();
    private readonly ConcurrentQueue<(DateTimeOffset At, string What)> _kills = new();

    /// <summary>Everything that was broken, in order.</summary>
    public IReadOnlyList<(DateTimeOffset At, string What)> Kills => [.. _kills];

    /// <summary>Runs whose effect happened, and how often.</summary>
    public IReadOnlyDictionary<Guid, int> Executions => _executions.ToDictionary(pair => Guid.Parse(pair.Key), pair => pair.Value.Count);

    public void Broke(string what) => _kills.Enqueue((DateTimeOffset.UtcNow, what));

    /// <summary>Counts a call by the run's id, as a receiver that wants to act once would.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var run = context.Request.Headers["Refresher-Run-Id"].ToString();
        _executions.GetOrAdd(run, _ => []).Add(DateTimeOffset.UtcNow);
        await context.Response.WriteAsync("ok");
    }

    /// <summary>What was broken before a run's second execution: the explanation it must have.</summary>
    public string ExplanationOf(Guid run)
    {
        var second = _executions[run.ToString()].Order().Last();
        var cause = _kills.LastOrDefault(kill => kill.At < second);
        return $"{run}: {_executions[run.ToString()].Count} executions; before the last one: {cause.What ?? "nothing was broken"} ({(second - cause.At).TotalSeconds:0.0} s earlier)";
    }
}
