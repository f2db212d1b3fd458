using System.Diagnostics;
using System.Net;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>Many pages left open: each holds its event stream and looks again when it is told to, as live.js does, while nobody does anything.</summary>
internal static class IdlePages
{
    private const string Topics = "runs,schedules,workers,queues,sites";

    /// <summary>What the overview says of itself (LiveRegion).</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Uri url, string password, ServiceProcess web, int pages, int seconds, Figures figures)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, MaxConnectionsPerServer = 2 * pages };
        using var browser = new HttpClient(handler) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        await WebLogin.LogInAsync(browser, password);
        using var end = new CancellationTokenSource();
        var counts = new Counts();
        var open = Enumerable.Range(0, pages).Select(_ => StayAsync(browser, counts, end.Token)).ToArray();
        await Eventually.SeeAsync(() => Task.FromResult(Volatile.Read(ref counts.Open)), seen => seen == pages, seconds: 60);

        // The first look of each is over.
        await Task.Delay(TimeSpan.FromSeconds(10));
        var (cpu, looks, began) = (web.Cpu, Volatile.Read(ref counts.Looks), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var (used, looked, elapsed) = (web.Cpu - cpu, Volatile.Read(ref counts.Looks) - looks, began.Elapsed);
        var stillOpen = Volatile.Read(ref counts.Open);
        await end.CancelAsync();
        await Task.WhenAll(open);
        figures.Say("open pages", stillOpen, "pages", $"for {seconds} s, nothing comes due");
        figures.Say("processor time of Web meanwhile", 100 * used.TotalSeconds / elapsed.TotalSeconds, "%", "of one core");
        figures.Say("looks of an open page", looked / (double)pages / elapsed.TotalMinutes, "1/min", "what it is told to: the canary of each minute");
    }

    private static async Task StayAsync(HttpClient browser, Counts counts, CancellationToken cancel)
    {
        try
        {
            using var answer = await browser.GetAsync($"/live?topics={Topics}", HttpCompletionOption.ResponseHeadersRead, cancel);
            answer.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
            Interlocked.Increment(ref counts.Open);
            var (lookedAt, looking) = (0L, Task.CompletedTask);
            while (await reader.ReadLineAsync(cancel) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal) && looking.IsCompleted)
                {
                    looking = LookAsync(browser, counts, lookedAt == 0 ? TimeSpan.Zero : Pace - Stopwatch.GetElapsedTime(lookedAt), cancel);
                    lookedAt = Stopwatch.GetTimestamp();
                }
            }

            Interlocked.Decrement(ref counts.Open);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The page is closed.
        }
    }

    private static async Task LookAsync(HttpClient browser, Counts counts, TimeSpan wait, CancellationToken cancel)
    {
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var look = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "HX-Request", "true" }, { "HX-Trigger", "live" } } };
        using var answer = await browser.SendAsync(look, CancellationToken.None);
        await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        Interlocked.Increment(ref counts.Looks);
    }

    private sealed class Counts
    {
        public int Open;
        public long Looks;
    }
}
