using System.Globalization;
using System.Net;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>The machine's name servers and names of its own: <c>/etc/resolv.conf</c> (resolv.conf(5)) and <c>/etc/hosts</c>, read again when they change.</summary>
internal sealed class ResolverSettings(TimeProvider clock, string resolvPath, string hostsPath)
{
    private const int MostServers = 3;
    private const int MostBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Snapshot? _only;
    private Snapshot? _snapshot;

    public ResolverSettings(TimeProvider clock)
        : this(clock, "/etc/resolv.conf", "/etc/hosts")
    {
    }

    /// <summary>One server and no names of its own, for what must not depend on the machine.</summary>
    public ResolverSettings(TimeProvider clock, IPEndPoint server)
        : this(clock, "", "")
    {
        _only = new Snapshot([server], [], 1, new Dictionary<string, IPAddress[]>(), default, 0);
    }

    public Snapshot Current
    {
        get
        {
            if (_only is not null)
            {
                return _only;
            }

            var kept = Volatile.Read(ref _snapshot);
            if (kept is not null && clock.GetElapsedTime(kept.LookedAt) < LookAgain)
            {
                return kept;
            }

            lock (_lock)
            {
                return Volatile.Read(ref _snapshot) is { } newer && clock.GetElapsedTime(newer.LookedAt) < LookAgain ? newer : _snapshot = Read(_snapshot);
            }
        }
    }

    private Snapshot Read(Snapshot? before)
    {
        var written = (File.GetLastWriteTimeUtc(resolvPath), File.GetLastWriteTimeUtc(hostsPath));
        if (before is not null && before.Written == written)
        {
            return before with { LookedAt = clock.GetTimestamp() };
        }

        var (servers, search, dots) = (new List<IPEndPoint>(), Array.Empty<string>(), 1);
        foreach (var words in Lines(resolvPath))
        {
            switch (words)
            {
                case ["nameserver", var server, ..] when servers.Count < MostServers && IPAddress.TryParse(server, out var address):
                    servers.Add(new IPEndPoint(address, 53));
                    break;
                case ["search" or "domain", .. var domains]:
                    search = [.. domains.Take(6).Select(domain => domain.Trim('.'))];
                    break;
                case ["options", .. var options] when options.FirstOrDefault(option => option.StartsWith("ndots:", StringComparison.Ordinal)) is { } ndots:
                    dots = int.TryParse(ndots.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? Math.Min(given, 15) : 1;
                    break;
            }
        }

        return new Snapshot(servers, search, dots, Hosts(), written, clock.GetTimestamp());
    }

    private Dictionary<string, IPAddress[]> Hosts()
    {
        var hosts = new Dictionary<string, List<IPAddress>>(StringComparer.OrdinalIgnoreCase);
        foreach (var words in Lines(hostsPath))
        {
            if (IPAddress.TryParse(words[0], out var address))
            {
                foreach (var name in words[1..])
                {
                    (hosts.TryGetValue(name, out var known) ? known : hosts[name] = []).Add(address);
                }
            }
        }

        return hosts.ToDictionary(host => host.Key, host => host.Value.Distinct().ToArray(), StringComparer.OrdinalIgnoreCase);
    }

    private static IEnumerable<string[]> Lines(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > MostBytes)
        {
            return [];
        }

        return File.ReadLines(path).Select(line => line.Split('#', ';')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1);
    }

    /// <param name="Servers">In the order in which they are asked; empty where the file is missing.</param>
    /// <param name="Search">Domains that are tried behind a short name.</param>
    /// <param name="Dots">A name with fewer dots is short.</param>
    /// <param name="Hosts">Addresses by the names of <c>/etc/hosts</c>.</param>
    internal sealed record Snapshot(
        IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> Search, int Dots, IReadOnlyDictionary<string, IPAddress[]> Hosts, (DateTime Resolv, DateTime Hosts) Written, long LookedAt);
}
