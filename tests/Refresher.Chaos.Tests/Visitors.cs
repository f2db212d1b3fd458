using System.Collections.Concurrent;
using System.Diagnostics;

namespace Refresher.Chaos.Tests;

/// <summary>People who open pages and programs that call the Api, each at one of two instances; whoever gets no good answer tries the other one, once.</summary>
/// <param name="instances">Two addresses of the same service.</param>
/// <param name="path">What is asked for.</param>
internal sealed class Visitors(IReadOnlyList<Uri> instances, string path) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentQueue<string> _failed = new();
    private int _answered;
    private int _retried;

    public int Answered => _answered;

    /// <summary>Visits whose first try failed and whose second did not.</summary>
    public int Retried => _retried;

    /// <summary>Visits that failed twice, and how.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>A visit every tenth of a second, whether those before it have been answered or not.</summary>
    public async Task VisitAsync(CancellationToken enough)
    {
        List<Task> visits = [];
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            visits.Add(VisitAsync(n));
            await Task.Delay(Pace, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(visits);
    }

    public void Dispose() => _client.Dispose();

    private async Task VisitAsync(int number)
    {
        var began = Stopwatch.StartNew();
        if (await TryAsync(instances[number % 2]) is null)
        {
            Interlocked.Increment(ref _answered);
        }
        else if (await TryAsync(instances[(number + 1) % 2]) is { } failure)
        {
            _failed.Enqueue($"after {began.Elapsed.TotalSeconds:0.0} s: {failure}");
        }
        else
        {
            Interlocked.Increment(ref _answered);
            Interlocked.Increment(ref _retried);
        }
    }

    /// <returns>Null when it was answered well.</returns>
    private async Task<string?> TryAsync(Uri instance)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(instance, path));
            await answer.Content.ReadAsByteArrayAsync();
            return answer.IsSuccessStatusCode ? null : $"{instance}: {(int)answer.StatusCode}";
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException or IOException)
        {
            return $"{instance}: {failed.Message}";
        }
    }
}
