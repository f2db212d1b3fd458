using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What a follower of a run hears: new lines, that it has ended, or, when both are null, that there is nothing new.</summary>
/// <param name="Ended">The run in its final state; nothing comes after it.</param>
public sealed record RunLogUpdate(RunLogLine? Line, Run? Ended)
{
    public bool IsQuiet => Line is null && Ended is null;
}

/// <summary>
/// Follows a run's log: the lines there are, then each one as it is committed, then the run's end. Live signals make it quick; without
/// Redis it looks every <see cref="LookEvery"/>, so that it is slower and no less complete.
/// </summary>
public sealed class RunLogFollower(LiveSignals signals, IServiceScopeFactory scopes, TimeProvider clock)
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private const int PageSize = 500;
    private static readonly TimeSpan QuietEvery = TimeSpan.FromSeconds(15);

    /// <param name="after">The last <see cref="RunLogLine.Seq"/> already read; -1 for the beginning.</param>
    /// <param name="least">The lowest level to show.</param>
    /// <returns>Ends with the run, or at once when there is no such run.</returns>
    public async IAsyncEnumerable<RunLogUpdate> FollowAsync(Guid id, long after, LogLevel least, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var signalled = signals.SubscribeAsync([LiveSignal.Run(id)], stop.Token).GetAsyncEnumerator(stop.Token);

        // Listening begins before the first look, so that nothing falls between the two.
        var next = signalled.MoveNextAsync().AsTask();
        var spokeAt = clock.GetTimestamp();
        try
        {
            while (true)
            {
                var (run, lines) = await LookAsync(id, after, least, cancel);
                foreach (var line in lines)
                {
                    (after, spokeAt) = (line.Seq, clock.GetTimestamp());
                    yield return new RunLogUpdate(line, null);
                }

                if (lines.Count == PageSize)
                {
                    continue;
                }

                if (run is null || run.State.IsFinal())
                {
                    yield return new RunLogUpdate(null, run);
                    yield break;
                }

                if (clock.GetElapsedTime(spokeAt) >= QuietEvery)
                {
                    spokeAt = clock.GetTimestamp();
                    yield return new RunLogUpdate(null, null);
                }

                if (await Task.WhenAny(next, Task.Delay(LookEvery, stop.Token)) == next)
                {
                    if (!await next)
                    {
                        yield break;
                    }

                    next = signalled.MoveNextAsync().AsTask();
                }

                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // The enumerator may only be disposed of when it stands still.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads the state before the lines, since lines are committed before the end they lead to. A connection is held no longer than this.</summary>
    private async Task<(Run? Run, List<RunLogLine> Lines)> LookAsync(Guid id, long after, LogLevel least, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var queries = scope.ServiceProvider.GetRequiredService<RunQueries>();
        var run = await queries.FindAsync(id, cancel);
        return (run, await queries.LogsAsync(id, after, least, PageSize, cancel));
    }
}
