using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>
/// Finds the addresses of a name for one look, anew each time: the machine's own names, then its name servers. Where there are none to read, for
/// <c>.local</c>, or by <see cref="ProbingOptions.SystemResolver"/>, the system is asked, which takes a thread for as long as it lasts.
/// </summary>
internal sealed class HostNames(ResolverSettings settings, IOptions<ProbingOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan RouteKnown = TimeSpan.FromSeconds(30);

    private (bool There, long At)? _route6;

    /// <returns>In the order in which they are tried: IPv4 first.</returns>
    /// <exception cref="CheckFailedException">There is no such name, or nobody who knows.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(string host, Look look, CancellationToken cancel)
    {
        var known = settings.Current;
        var name = host.TrimEnd('.');
        if (known.Hosts.TryGetValue(name, out var listed))
        {
            return Sorted(listed);
        }

        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback];
        }

        if (options.Value.SystemResolver || known.Servers.Count == 0 || name.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
        {
            return await AskSystemAsync(host, cancel);
        }

        DnsAnswer? last = null;
        foreach (var candidate in Candidates(host, known))
        {
            if (DnsQuestion.TryName(candidate, out var full))
            {
                (var addresses, last) = await AskAsync(full, known.Servers, look, cancel);
                if (addresses.Length > 0)
                {
                    return addresses;
                }
            }
        }

        throw new CheckFailedException(CheckFault.Dns, last is null ? $"{host} is no name"
            : last.Code == 0 ? $"the name {host} has no address"
            : $"the name server {look.NameServer} {last.CodeWords(host)}");
    }

    /// <summary>A short name is looked for in the machine's domains first, a long one last (resolv.conf(5)).</summary>
    private static IEnumerable<string> Candidates(string host, ResolverSettings.Snapshot known)
    {
        if (host.EndsWith('.'))
        {
            return [host];
        }

        var within = known.Search.Where(domain => domain.Length > 0).Select(domain => $"{host}.{domain}");
        return host.Count(c => c == '.') >= known.Dots ? within.Prepend(host) : within.Append(host);
    }

    /// <summary>Asks for both kinds of addresses at once; those of IPv6 only where a way leads there.</summary>
    private async ValueTask<(IPAddress[] Addresses, DnsAnswer Answer)> AskAsync(string name, IReadOnlyList<IPEndPoint> servers, Look look, CancellationToken cancel)
    {
        var six = HasRoute6() ? DnsClient.AskAsync(new DnsQuestion(name, DnsType.Aaaa), servers, _ => { }, cancel).AsTask() : null;
        DnsAnswer four;
        try
        {
            four = await DnsClient.AskAsync(new DnsQuestion(name, DnsType.A), servers, server => look.NameServer = server, cancel);
        }
        finally
        {
            if (six is not null)
            {
                await ((Task)six).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        IEnumerable<DnsRecord> found = four.Of(name, DnsType.A);
        found = six is { IsCompletedSuccessfully: true } ? found.Concat(six.Result.Of(name, DnsType.Aaaa)) : found;
        return ([.. found.Select(record => IPAddress.Parse(record.Text))], four);
    }

    private static async ValueTask<IPAddress[]> AskSystemAsync(string host, CancellationToken cancel)
    {
        try
        {
            return Sorted(await Dns.GetHostAddressesAsync(host, cancel));
        }
        catch (SocketException error)
        {
            throw new CheckFailedException(CheckFault.Dns, $"the name {host} cannot be resolved: {error.Message}", error);
        }
    }

    private static IPAddress[] Sorted(IPAddress[] addresses) => [.. addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];

    private bool HasRoute6()
    {
        if (_route6 is { } known && clock.GetElapsedTime(known.At) < RouteKnown)
        {
            return known.There;
        }

        var there = Routes.Has(IPAddress.Parse("2001:db8::1"));
        _route6 = (there, clock.GetTimestamp());
        return there;
    }
}
