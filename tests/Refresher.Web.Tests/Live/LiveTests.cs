using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Queue;

namespace Refresher.Web.Tests.Live;

public sealed class LiveTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_visitor_gets_no_stream()
    {
        using var browser = web.Open();

        using var answer = await browser.GetAsync("/live?topics=runs");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_stream_tells_of_the_topics_asked_for_and_of_no_others()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var stop = new CancellationTokenSource(Deadline);
        using var lines = await OpenAsync(browser, "runs", stop.Token);
        var signals = web.Services.GetRequiredService<LiveSignals>();

        // The subscription to Redis may come a moment after the start: said again until heard.
        var heard = ReadDataAsync(lines, stop.Token);
        while (!heard.IsCompleted)
        {
            await signals.PublishAsync([LiveSignal.Schedules, LiveSignal.Runs]);
            await Task.WhenAny(heard, Task.Delay(100, stop.Token));
        }

        Assert.Equal("data: runs", await heard);
    }

    internal static async Task<StreamReader> OpenAsync(Browser browser, string topics, CancellationToken cancel)
    {
        var answer = await browser.Http.GetAsync("/live?topics=" + topics, HttpCompletionOption.ResponseHeadersRead, cancel);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
    }

    internal static async Task<string?> ReadDataAsync(StreamReader lines, CancellationToken cancel)
    {
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                return line;
            }
        }

        return null;
    }
}
