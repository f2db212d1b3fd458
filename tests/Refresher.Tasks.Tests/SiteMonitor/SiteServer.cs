using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

/// <summary>A small server whose answers are set by path, and which counts who asked.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentQueue<(string Path, DateTimeOffset At)> _asked = new();
    private FakeHttpServer _server = null!;

    public Uri Url => _server.Url;

    /// <summary>The paths that were asked for, in their order.</summary>
    public IReadOnlyList<(string Path, DateTimeOffset At)> Asked => [.. _asked];

    public static async Task<SiteServer> StartAsync()
    {
        var server = new SiteServer();
        server._server = await FakeHttpServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>Sets the status with which a path answers; 200 when it is not set.</summary>
    public void Answer(string path, int status) => _answers[path] = status;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        _asked.Enqueue((path, TimeProvider.System.GetUtcNow()));
        http.Response.StatusCode = _answers.GetValueOrDefault(path, 200);
        return http.Response.WriteAsync($"status {http.Response.StatusCode}");
    }
}
