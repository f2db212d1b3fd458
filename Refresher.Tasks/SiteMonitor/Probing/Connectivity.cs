using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>Where to look when checks fail (section <c>SiteMonitor:Connectivity</c>).</summary>
internal sealed record ConnectivityOptions : IValidatableObject
{
    public const string Section = "SiteMonitor:Connectivity";

    /// <summary>
    /// Addresses as <c>192.0.2.1:443</c> or <c>dns.example:53</c>; we are online when one of them takes a TCP connection. None by default, so that nobody
    /// outside is called unasked: then an interface that is up and a default route are what tells. At most 10.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>For a connection to a target: 100 ms to 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer holds: 100 ms to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Keep { get; init; } = TimeSpan.FromSeconds(3);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Targets.Count > 10 || Targets.Any(target => !HostAndPort.TryParse(target, null, out _)))
        {
            yield return new ValidationResult($"{Section}:{nameof(Targets)}: at most 10 of host:port are possible.", [nameof(Targets)]);
        }
    }
}

/// <summary>
/// Whether this machine itself is online: what is asked before a failed check counts. A check of a private or loopback address says nothing about the
/// way out, and counts as it is (<see cref="Excuses"/>).
/// </summary>
internal sealed class Connectivity(HostNames names, IOptions<ConnectivityOptions> options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private (string? Words, long At)? _kept;

    /// <summary>Whether being offline could be why a check failed like this: an error of the server itself, or of a neighbour, is none of ours.</summary>
    public static bool Excuses(CheckResult result) => result.Status == CheckStatus.Down
        && result.Fault is CheckFault.Dns or CheckFault.Timeout or CheckFault.Unreachable or CheckFault.Refused or CheckFault.Reset
        && (result.Fault == CheckFault.Dns || !(IPAddress.TryParse(result.Address, out var address) && IsNear(address)));

    /// <summary>What became of a check in the light of our own connection: unchanged, or <see cref="CheckStatus.Unknown"/> when we are offline.</summary>
    public async ValueTask<CheckResult> JudgeAsync(CheckResult result, CancellationToken cancel) =>
        Excuses(result) && await WhyOfflineAsync(cancel) is { } why
            ? result with { Status = CheckStatus.Unknown, Fault = CheckFault.Offline, Error = PlainText.Cut($"{why}; the check said: {result.Error}", 500) }
            : result;

    /// <summary>Why we are offline, in words; null when we are online. Asked by many at once, it looks once.</summary>
    public async ValueTask<string?> WhyOfflineAsync(CancellationToken cancel)
    {
        if (Kept(out var words))
        {
            return words;
        }

        await _one.WaitAsync(cancel);
        try
        {
            if (!Kept(out words))
            {
                words = await LookAsync(cancel);
                _kept = (words, clock.GetTimestamp());
            }

            return words;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static bool IsNear(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal
            || bytes is [10, _, _, _] or [192, 168, _, _] or [169, 254, _, _] or [172, >= 16 and < 32, _, _];
    }

    private bool Kept(out string? words)
    {
        var kept = _kept;
        words = kept?.Words;
        return kept is { } known && clock.GetElapsedTime(known.At) < options.Value.Keep;
    }

    private async Task<string?> LookAsync(CancellationToken cancel)
    {
        if (options.Value.Targets.Count > 0)
        {
            return await AnyAsync(options.Value.Targets, cancel) ? null : $"we are offline: none of {string.Join(", ", options.Value.Targets)} takes a connection";
        }

        // Nothing is sent: 192.0.2.1 and 2001:db8::1 are addresses for documents (RFC 5737, 3849), to which only a default route leads.
        return !NetworkInterface.GetIsNetworkAvailable() ? "we are offline: no network interface is up"
            : Routes.Has(IPAddress.Parse("192.0.2.1")) || Routes.Has(IPAddress.Parse("2001:db8::1")) ? null
            : "we are offline: this machine has no default route";
    }

    private async Task<bool> AnyAsync(IReadOnlyList<string> targets, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.Value.Timeout);
        var open = targets.Select(target => CanConnectAsync(HostAndPort.Parse(target), limit.Token)).ToList();
        try
        {
            while (open.Count > 0)
            {
                var next = await Task.WhenAny(open);
                open.Remove(next);
                if (await next)
                {
                    return true;
                }
            }
        }
        finally
        {
            await limit.CancelAsync();
            await Task.WhenAll(open);
        }

        cancel.ThrowIfCancellationRequested();
        return false;
    }

    private async Task<bool> CanConnectAsync(HostAndPort target, CancellationToken cancel)
    {
        try
        {
            var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await names.ResolveAsync(target.Host, new Look(clock, options.Value.Timeout), cancel);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(addresses, target.Port, cancel);
            return true;
        }
        catch (Exception error) when (error is SocketException or CheckFailedException or OperationCanceledException)
        {
            return false;
        }
    }
}
