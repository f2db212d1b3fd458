using Microsoft.AspNetCore.Http.Features;
using Refresher.Core.Access;
using Refresher.Core.Queue;

namespace Refresher.Web.Live;

/// <summary>One event stream per browser: names of topics that changed, never data; the pages then ask for what they show.</summary>
internal static class LiveEndpoint
{
    private const int MostTopics = 50;
    private const int LongestTopic = 100;

    /// <summary>Keeps proxies from closing the stream, and tells us of a browser that left without a word.</summary>
    private const string Comment = ":\n\n";

    /// <summary>Then the browser asks for it again, and who may not listen any more is refused.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static IEndpointRouteBuilder MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/live", StreamAsync).RequireAuthorization(Policies.View);
        return routes;
    }

    private static async Task StreamAsync(HttpContext http, string topics, LiveSignals signals, IHostApplicationLifetime lifetime)
    {
        var wanted = topics.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(topic => topic.Length <= LongestTopic).Take(MostTopics).ToHashSet(StringComparer.Ordinal);

        // Ends when the browser goes or Web stops, whichever is first: a stop does not wait for open pages.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        ended.CancelAfter(Longest);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await SendAsync(http, "retry: 1000\n\n", ended.Token);
            await RelayAsync(http, signals, wanted, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The usual end of a stream.
        }
    }

    private static async Task RelayAsync(HttpContext http, LiveSignals signals, IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var next = signals.SubscribeAsync(topics, ended.Token).GetAsyncEnumerator(ended.Token);
        var signal = next.MoveNextAsync().AsTask();
        try
        {
            while (await SignalOrHeartbeatAsync(signal, cancel) is var moved && moved != false)
            {
                await SendAsync(http, moved == true ? $"data: {next.Current.Topic}\n\n" : Comment, cancel);
                signal = moved == true ? next.MoveNextAsync().AsTask() : signal;
            }
        }
        finally
        {
            // An enumerator may not be disposed of while it is moving.
            await ended.CancelAsync();
            await Task.WhenAny(signal);
        }
    }

    /// <returns>True for a signal, null when it is time for a heartbeat, false when there will be no more signals.</returns>
    private static async Task<bool?> SignalOrHeartbeatAsync(Task<bool> signal, CancellationToken cancel)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Task.WhenAny(signal, Task.Delay(Heartbeat, wait.Token));
        await wait.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first == signal ? await signal : null;
    }

    private static async Task SendAsync(HttpContext http, string text, CancellationToken cancel)
    {
        await http.Response.WriteAsync(text, cancel);
        await http.Response.Body.FlushAsync(cancel);
    }
}
