using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Refresher.Tasks.SiteMonitor.Probing.Http;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>Looks at a site once, by the kind of its check. What it finds is a value; it throws when it is cancelled and for nothing else.</summary>
internal sealed partial class SiteProber(HttpProbe http, DnsProbe dns, Connector connector, TimeProvider clock, ILogger<SiteProber> log)
{
    /// <param name="spec">Valid by <see cref="CheckSpecRules"/>.</param>
    /// <returns>Within the spec's time limit and a moment.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> fired.</exception>
    public async Task<CheckResult> CheckAsync(CheckSpec spec, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(spec.Timeout);
        var look = new Look(clock, spec.Timeout);
        try
        {
            await LookAsync(spec, look, limit.Token);
        }
        catch (CheckFailedException failed)
        {
            look.Fail(failed.Fault, failed.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            look.RunOut(spec);
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            // What breaks because the time is over says so in many ways.
            look.RunOut(spec);
        }
        catch (Exception unexpected) when (unexpected is not OperationCanceledException)
        {
            LogUnexpected(log, unexpected, spec.Kind, spec.Target);
            look.Fail(CheckFault.Internal, $"the check itself failed: {unexpected.Message}");
        }

        cancel.ThrowIfCancellationRequested();
        return look.Result(spec);
    }

    private ValueTask LookAsync(CheckSpec spec, Look look, CancellationToken cancel) => spec.Kind switch
    {
        SiteKind.Http => http.LookAsync(spec, look, cancel),
        SiteKind.Tcp => ConnectAsync(spec, look, cancel),
        SiteKind.Dns => dns.LookAsync(spec, look, cancel),
        _ => throw new CheckFailedException(CheckFault.Internal, $"there is no check of kind {spec.Kind}"),
    };

    private async ValueTask ConnectAsync(CheckSpec spec, Look look, CancellationToken cancel)
    {
        var (host, port) = HostAndPort.Parse(spec.Target);
        using Socket socket = await connector.ConnectAsync(host, port, look, cancel);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking at {Kind} {Target} failed in a way that was not foreseen")]
    private static partial void LogUnexpected(ILogger log, Exception error, SiteKind kind, string target);
}
