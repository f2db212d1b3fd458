using System.Diagnostics;
using System.Globalization;

namespace Refresher.Bench.SpeedTest;

/// <summary>
/// A client and a server in network namespaces of their own, and between them a line that this process carries packet by packet.
/// The kernel's emulator (netem) is not needed, nor is anything outside the two namespaces touched.
/// </summary>
internal sealed class Line : IDisposable
{
    public const string Client = "198.18.0.1";
    public const string Server = "198.18.0.2";

    private const string Allowed = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";

    private static readonly string Id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private readonly TunDevice _client = new($"rsc{Id}");
    private readonly TunDevice _server = new($"rss{Id}");
    private readonly LinkDirection _down;
    private readonly LinkDirection _up;
    private readonly List<(long At, double Milliseconds)> _queues = new(200_000);
    private readonly Thread _watch;
    private string? _allowedBefore;
    private volatile bool _ended;

    public Line(LinkSpec spec)
    {
        try
        {
            MakeNamespace(ClientSpace, _client.Name, Client, Server, spec);
            MakeNamespace(ServerSpace, _server.Name, Server, Client, spec);
        }
        catch
        {
            TakeBack();
            throw;
        }

        _down = new LinkDirection(_server, _client, spec.DownMbps, spec.RoundTrip / 2, spec.Loss, spec.Buffer, seed: 1);
        _up = new LinkDirection(_client, _server, spec.UpMbps, spec.RoundTrip / 2, spec.Loss, spec.Buffer, seed: 2);
        _watch = new Thread(Watch) { IsBackground = true };
        _watch.Start();
    }

    public static string ClientSpace { get; } = $"refresher-client-{Id}";

    public static string ServerSpace { get; } = $"refresher-server-{Id}";

    /// <summary>Packets the emulator had no room for: not zero when this machine cannot carry such a line.</summary>
    public long Overrun => _down.Overrun + _up.Overrun;

    public long Overflowed => _down.Overflowed + _up.Overflowed;

    public long Lost => _down.Lost + _up.Lost;

    /// <summary>The latest delivery of a packet after its time, in milliseconds: what the emulator itself adds at worst.</summary>
    public double Latest => Math.Max(_down.Latest, _up.Latest);

    /// <summary>What is missing for a line to be made here; null when nothing is.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "network namespaces are made by root on Linux; this is not that";
        }

        if (!File.Exists("/dev/net/tun"))
        {
            return "/dev/net/tun is missing (the kernel's module 'tun')";
        }

        try
        {
            TakeBackOfTheDead();
            Command.Run("ip", "netns", "add", ServerSpace);
            Command.Run("ip", "netns", "del", ServerSpace);
            return null;
        }
        catch (Exception failed) when (failed is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"'ip netns' does not work here (Debian's iproute2): {failed.Message}";
        }
    }

    /// <summary>Median of the time in the queues of both ways together, in milliseconds, between two timestamps.</summary>
    public double TrueQueueDelay(long from, long to)
    {
        lock (_queues)
        {
            var between = _queues.Where(queue => queue.At >= from && queue.At <= to).Select(queue => queue.Milliseconds).Order().ToArray();
            return between.Length == 0 ? 0 : between[between.Length / 2];
        }
    }

    public void Dispose()
    {
        _ended = true;
        _watch.Join();
        _down.Dispose();
        _up.Dispose();
        TakeBack();
    }

    /// <summary>What benches left that were killed: their namespaces, and what still runs in these.</summary>
    private static void TakeBackOfTheDead()
    {
        foreach (var name in Command.Run("ip", "netns", "list").Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.StartsWith("refresher-", StringComparison.Ordinal)))
        {
            if (!Directory.Exists($"/proc/{name.Split('-')[^1]}"))
            {
                foreach (var pid in Command.Run("ip", "netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    Command.Try("kill", "-9", pid);
                }

                Command.Try("ip", "netns", "del", name);
            }
        }
    }

    private void TakeBack()
    {
        _client.Dispose();
        _server.Dispose();
        Command.Try("ip", "netns", "del", ClientSpace);
        Command.Try("ip", "netns", "del", ServerSpace);
        if (_allowedBefore is not null)
        {
            File.WriteAllText(Allowed, _allowedBefore);
        }
    }

    private void MakeNamespace(string name, string device, string address, string other, LinkSpec spec)
    {
        Command.Run("ip", "netns", "add", name);
        Command.Run("ip", "link", "set", device, "netns", name);
        Command.Run("ip", "-n", name, "link", "set", "lo", "up");
        Command.Run("ip", "-n", name, "addr", "add", address, "peer", other, "dev", device);
        Command.Run("ip", "-n", name, "link", "set", device, "up", "mtu", "1500", "txqueuelen", "20000");

        Allow(spec.Control);

        // Windows for the longest and fastest line, and nothing remembered from the measurement before.
        Command.Run(
            "ip", "netns", "exec", name, "sysctl", "-qw",
            $"net.ipv4.tcp_congestion_control={spec.Control}",
            "net.ipv4.tcp_rmem=4096 131072 67108864",
            "net.ipv4.tcp_wmem=4096 65536 67108864",
            "net.ipv4.tcp_no_metrics_save=1");
    }

    /// <summary>A namespace may only use what every user of the machine may; what is added here is taken back at the end.</summary>
    private void Allow(string control)
    {
        var allowed = File.ReadAllText(Allowed).Trim();
        if (!allowed.Split(' ').Contains(control))
        {
            _allowedBefore = allowed;
            File.WriteAllText(Allowed, $"{allowed} {control}");
        }
    }

    private void Watch()
    {
        while (!_ended)
        {
            var queue = (Stopwatch.GetTimestamp(), _down.QueueDelay + _up.QueueDelay);
            lock (_queues)
            {
                _queues.Add(queue);
            }

            Thread.Sleep(5);
        }
    }
}
