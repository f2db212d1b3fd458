using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Refresher.Testing;

/// <summary>A real HTTP server on a free port of 127.0.0.1 that answers as a test wants it to.</summary>
public sealed class FakeHttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeHttpServer(WebApplication app) => _app = app;

    /// <summary>With a slash at the end.</summary>
    public Uri Url => new(_app.Urls.First().TrimEnd('/') + "/");

    /// <param name="answer">Answers every request.</param>
    /// <param name="certificate">Speaks TLS with it; null: plain HTTP.</param>
    public static Task<FakeHttpServer> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null) =>
        StartAsync(app => app.Run(answer), certificate);

    /// <param name="map">Maps the end points.</param>
    /// <inheritdoc cref="StartAsync(RequestDelegate, X509Certificate2?)"/>
    public static async Task<FakeHttpServer> StartAsync(Action<WebApplication> map, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => Secure(listen, certificate));
        });
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new FakeHttpServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private static void Secure(ListenOptions listen, X509Certificate2? certificate)
    {
        if (certificate is not null)
        {
            listen.UseHttps(certificate);
        }
    }
}
