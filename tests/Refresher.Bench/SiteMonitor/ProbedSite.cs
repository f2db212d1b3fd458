using System.Diagnostics;
using System.Globalization;
using Refresher.Testing;

namespace Refresher.Bench.SiteMonitor;

/// <summary>A web server in a process of its own, so that its processor time is not the prober's: each connection gets a page of 1 KB.</summary>
internal sealed class ProbedSite : IAsyncDisposable
{
    /// <summary>The bench starts itself with this word.</summary>
    public const string Verb = "probed-site";

    private static readonly string Page = $"<html><body>all is well {new string('.', 970)}</body></html>";

    private readonly Process _process;

    private ProbedSite(Process process, Uri plain, Uri secure) => (_process, Plain, Secure) = (process, plain, secure);

    public Uri Plain { get; }

    /// <summary>With a certificate of its own making.</summary>
    public Uri Secure { get; }

    public static async Task<ProbedSite> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ProbedSite).Assembly.Location, Verb]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        var ports = (await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.")).Split(' ');
        return new ProbedSite(process, new Uri($"http://127.0.0.1:{ports[0]}/"), new Uri($"https://127.0.0.1:{ports[1]}/"));
    }

    /// <summary>Serves until its input ends.</summary>
    public static async Task ServeAsync(TextWriter output)
    {
        using var certificate = SelfSigned.Certificate();
        await using var plain = FakeSite.Start(call => call.AnswerAsync(Page, 200, "Connection: close", "Content-Type: text/html; charset=utf-8"));
        await using var secure = FakeSite.Start(call => call.AnswerAsync(Page, 200, "Connection: close", "Content-Type: text/html; charset=utf-8"), certificate);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{plain.Port} {secure.Port}"));
        await output.FlushAsync();
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
