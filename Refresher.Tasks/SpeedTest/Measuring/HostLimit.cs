using System.Net;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Whether this machine or the server was the limit, told from what the connections themselves show and not from how busy a machine is:
/// a line is the limit as long as what comes is read at once and what is to go is waiting.
/// </summary>
internal sealed class HostLimit
{
    /// <summary>What was so for half of the time was the limit.</summary>
    private const double Half = 0.5;

    // Above this share a core has no time left to speak of.
    private const double NoTimeLeft = 0.95;

    private readonly ProcessorTime _processors = new();
    private readonly Dictionary<object, (TcpState State, TimeSpan At)> _firsts = [];
    private readonly Dictionary<object, (TcpState State, TimeSpan At)> _lasts = [];
    private int _looks;
    private int _full;

    /// <summary>Whether anything could be told at all.</summary>
    public bool IsKnown => _looks > 0;

    /// <summary>Takes note of one stream at an instant of the part that counts.</summary>
    public void Observe(object stream, TcpState state, TimeSpan at)
    {
        _looks++;
        _full += state.IsFull ? 1 : 0;

        // A new connection counts from its beginning.
        if (!_firsts.TryGetValue(stream, out var first) || state.Busy < first.State.Busy)
        {
            _firsts[stream] = (state, at);
        }

        _lasts[stream] = (state, at);
    }

    /// <summary>In words, what of the two machines was the limit; null when the line was, or when nothing is known.</summary>
    /// <param name="upload">Whether the streams sent.</param>
    public string? Reason(bool upload, IPAddress? server) => !IsKnown ? null : (upload ? OfSending() : OfReceiving()) ?? OfOneMachine(server);

    private string? OfReceiving()
    {
        var full = (double)_full / _looks;
        return full >= Half ? $"This machine read more slowly than data came: its receive buffers were full for {Percent(full)} of the time{Processors()}." : null;
    }

    private string? OfSending()
    {
        double Share(Func<TcpState, TimeSpan> part) => _lasts.Sum(last => (part(last.Value.State) - part(_firsts[last.Key].State)).TotalSeconds)
            / Math.Max(1e-3, _lasts.Sum(last => (last.Value.At - _firsts[last.Key].At).TotalSeconds));

        var idle = 1 - Share(state => state.Busy);
        var window = Share(state => state.WindowLimited);
        var buffer = Share(state => state.BufferLimited);
        return window >= Half ? $"The server took data more slowly than it came: its receive window was full for {Percent(window)} of the time."
            : buffer >= Half ? $"This machine's send buffers are too small for this line (net.ipv4.tcp_wmem): they were the limit for {Percent(buffer)} of the time."
            : idle >= Half ? $"This machine gave data more slowly than it left: nothing was waiting to be sent for {Percent(idle)} of the time{Processors()}."
            : null;
    }

    private string? OfOneMachine(IPAddress? server) =>
        server is not null && IPAddress.IsLoopback(server) ? $"The server is on this machine: there is no line between, and the machine was the limit{Processors()}." : null;

    private string Processors() => _processors.Busy() is >= NoTimeLeft and { } busy ? $"; its processors were busy for {Percent(busy)}" : "";

    private static string Percent(double share) => FormattableString.Invariant($"{Math.Min(1, share) * 100:0} %");
}
