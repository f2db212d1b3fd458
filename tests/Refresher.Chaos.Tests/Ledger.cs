using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Refresher.Chaos.Tests;

/// <summary>One call that the outside world received for a run.</summary>
/// <param name="Limited">It was made under the limit.</param>
internal sealed record Execution(Guid Run, bool Limited, DateTimeOffset Began, DateTimeOffset Ended);

/// <summary>Something that was broken on purpose.</summary>
/// <param name="Part">The process, as it calls itself: <c>worker-1.4711</c>, <c>scheduler-2.4712</c>, <c>redis</c>, <c>postgres</c>.</param>
/// <param name="Until">When it was whole again; the same as <paramref name="At"/> for a blow.</param>
internal sealed record Break(DateTimeOffset At, DateTimeOffset Until, string Part, string What);

/// <summary>The outside world: a server that the runs call, which knows what really happened, and the list of what was broken when.</summary>
internal sealed class Ledger
{
    /// <summary>Calls to this path are made by runs under the limit.</summary>
    public const string LimitedPath = "limited";

    // Long enough that runs under the limit meet, short enough that it passes more than are posted.
    private static readonly TimeSpan AnswersAfter = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentBag<Execution> _executions = [];
    private readonly ConcurrentQueue<Break> _breaks = new();

    /// <summary>Everything that was broken, in order.</summary>
    public IReadOnlyList<Break> Breaks => [.. _breaks.OrderBy(broken => broken.At)];

    /// <summary>The calls of each run, in order.</summary>
    public IReadOnlyDictionary<Guid, Execution[]> Executions => _executions.GroupBy(call => call.Run).ToDictionary(calls => calls.Key, calls => calls.OrderBy(call => call.Began).ToArray());

    /// <summary>Writes down a blow that has just been struck.</summary>
    public void Broke(string part, string what)
    {
        var now = DateTimeOffset.UtcNow;
        _breaks.Enqueue(new Break(now, now, part, what));
    }

    /// <summary>Writes down what was broken while <paramref name="act"/> went on.</summary>
    public async Task BrokeWhileAsync(string part, string what, Func<Task> act)
    {
        var from = DateTimeOffset.UtcNow;
        try
        {
            await act();
        }
        finally
        {
            _breaks.Enqueue(new Break(from, DateTimeOffset.UtcNow, part, what));
        }
    }

    /// <summary>Counts a call by the run's id, as a receiver that wants to act once would.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var run = Guid.Parse(context.Request.Headers["Refresher-Run-Id"].ToString());
        var began = DateTimeOffset.UtcNow;
        await Task.Delay(AnswersAfter, CancellationToken.None);
        _executions.Add(new Execution(run, context.Request.Path.Value == "/" + LimitedPath, began, DateTimeOffset.UtcNow));
        await context.Response.WriteAsync("ok");
    }

    /// <summary>The most calls under the limit that went on at once, without those of runs that were executed twice.</summary>
    public int MostAtOnce()
    {
        var once = Executions.Values.Where(calls => calls.Length == 1 && calls[0].Limited).Select(calls => calls[0]);
        var (now, most) = (0, 0);
        foreach (var (_, step) in once.SelectMany(call => new[] { (At: call.Began, Step: 1), (At: call.Ended, Step: -1) }).OrderBy(edge => edge.At).ThenBy(edge => edge.Step))
        {
            now += step;
            most = Math.Max(most, now);
        }

        return most;
    }
}
