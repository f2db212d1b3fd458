using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Refresher.Api.Http;
using Refresher.Core.Contract;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>
/// A followed log as server-sent events: <c>message</c> for a line, with its seq as the id; <c>heartbeat</c> when nothing was said for a
/// while, so that proxies keep the connection; <c>end</c> with the run when it has ended. A client that gets no <c>end</c> comes back.
/// </summary>
internal static class RunLogEvents
{
    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(1);

    /// <param name="stopping">The process stops: the stream ends at once, without the event <c>end</c>.</param>
    public static async IAsyncEnumerable<SseItem<string>> Of(
        RunLogFollower follower, Guid id, long after, LogLevel least, KindCatalog kinds, [EnumeratorCancellation] CancellationToken aborted, CancellationToken stopping)
    {
        // The first event goes out at once, so that the client knows that it is connected.
        yield return new SseItem<string>("", "heartbeat") { ReconnectionInterval = ComeBackAfter };

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        await using var updates = follower.FollowAsync(id, after, least, stop.Token).GetAsyncEnumerator(stop.Token);
        while (await NextAsync(updates, stop.Token))
        {
            yield return Of(updates.Current, kinds);
        }
    }

    private static SseItem<string> Of(RunLogUpdate update, KindCatalog kinds) =>
        update.Line is { } line ? new(Write(LogLineView.Of(line))) { EventId = line.Seq.ToString(CultureInfo.InvariantCulture) }
        : update.Ended is { } run ? new(Write(RunView.Of(run, kinds)), "end")
        : new("", "heartbeat");

    private static async Task<bool> NextAsync(IAsyncEnumerator<RunLogUpdate> updates, CancellationToken stop)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);
}
