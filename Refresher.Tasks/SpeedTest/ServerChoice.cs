using System.Net.Sockets;
using System.Security.Authentication;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.SpeedTest;

/// <summary>A server that was asked how far away it is.</summary>
/// <param name="LatencyMs">Null when it did not answer.</param>
/// <param name="Busy">Set when it said "too many requests": for how long, zero when it did not say.</param>
internal sealed record ServerAnswer(SpeedServer Server, double? LatencyMs, string? Failure, TimeSpan? Busy = null);

/// <summary>Chooses the server of a test: the fixed one, or of the nearest by distance the one with the shortest round trip.</summary>
internal static class ServerChoice
{
    private const int MostAsked = 10;
    private const int Pings = 4;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(4);

    /// <summary>The servers to ask: the fixed one, or those that are preferred and the nearest; those whose place is unknown come last, and none that is excluded.</summary>
    public static IReadOnlyList<SpeedServer> Candidates(IReadOnlyList<SpeedServer> servers, SpeedTestOptions options, GeoPoint? place) => options.Server is { Length: > 0 } wanted
        ? [.. servers.Where(server => IsNamed(server, wanted)).Take(1)]
        : [.. servers.Where(server => !options.Exclude.Any(name => IsNamed(server, name)))
            .OrderByDescending(server => options.Prefer.Any(name => IsNamed(server, name)))
            .ThenBy(server => server.DistanceFrom(place) ?? double.MaxValue).Take(MostAsked)];

    /// <summary>The answers with those first that are preferred and did answer.</summary>
    public static IReadOnlyList<ServerAnswer> Preferred(IReadOnlyList<ServerAnswer> answers, IReadOnlyList<string> names) => names.Count == 0
        ? answers
        : [.. answers.OrderByDescending(answer => answer.LatencyMs is not null && names.Any(name => IsNamed(answer.Server, name)))];

    /// <summary>By its name, its host or its address.</summary>
    public static bool IsNamed(SpeedServer server, string name) =>
        string.Equals(server.Label, name, StringComparison.OrdinalIgnoreCase) || string.Equals(server.Url.Host, name, StringComparison.OrdinalIgnoreCase) || server.Key == name.TrimEnd('/');

    /// <summary>All of them with their answers, the fastest first.</summary>
    public static async Task<IReadOnlyList<ServerAnswer>> AskAsync(IReadOnlyList<SpeedServer> servers, AddressGuard guard, TimeProvider clock, CancellationToken cancel)
    {
        var answers = new List<ServerAnswer>();

        // A few at a time: many at once would wait for each other's packets on a slow line.
        foreach (var group in servers.Chunk(4))
        {
            answers.AddRange(await Task.WhenAll(group.Select(server => AskAsync(server, guard, clock, cancel))));
        }

        return [.. answers.OrderBy(answer => answer.LatencyMs ?? double.MaxValue)];
    }

    private static async Task<ServerAnswer> AskAsync(SpeedServer server, AddressGuard guard, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(AnswerTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var probe = new LatencyProbe(server, guard, clock);
        try
        {
            var times = await probe.PingAsync(Pings, TimeSpan.FromMilliseconds(20), either.Token);
            return new ServerAnswer(server, times.Min(), null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ServerAnswer(server, null, $"No answer within {AnswerTime.TotalSeconds:0} s.");
        }
        catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
        {
            return new ServerAnswer(server, null, failed.Message, (failed as SpeedServerException)?.Busy);
        }
    }
}
