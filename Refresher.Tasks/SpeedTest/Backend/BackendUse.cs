using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using Refresher.Core.Http;

namespace Refresher.Tasks.SpeedTest.Backend;

/// <summary>What a request is refused for.</summary>
/// <param name="RetryAfter">When asking again may help.</param>
internal sealed record BackendRefusal(string Reason, TimeSpan RetryAfter);

/// <summary>How much strangers have used our server side today and in this minute: kept in memory, for a bounded number of addresses.</summary>
internal sealed class BackendUse(IOptionsMonitor<SpeedServerOptions> options, TimeProvider clock)
{
    /// <summary>Addresses that are told apart in a day; who comes after them is refused.</summary>
    private const int MostAddresses = 50_000;

    private const long Megabyte = 1_000_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, Stranger> _callers = new();
    private readonly Lock _lock = new();
    private DateOnly _day;
    private long _bytes;

    public bool IsPublic => options.CurrentValue.Public;

    /// <summary>Begins a request of an address.</summary>
    /// <param name="refusal">Set when it may not begin.</param>
    /// <returns>To be disposed at its end; null when it may not begin.</returns>
    public BackendRequest? Begin(IPAddress address, out BackendRefusal? refusal)
    {
        var (limits, now) = (options.CurrentValue, clock.GetUtcNow());
        StartDay(now);
        var untilTomorrow = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
        var key = ClientAddress.Network(address);
        refusal = null;
        if (Volatile.Read(ref _bytes) >= limits.DailyMegabytes * Megabyte || (_callers.Count >= MostAddresses && !_callers.ContainsKey(key)))
        {
            refusal = new("This server has given all it gives in a day.", untilTomorrow);
            return null;
        }

        var caller = _callers.GetOrAdd(key, _ => new Stranger());
        lock (caller)
        {
            if (caller.Bytes >= limits.AddressDailyMegabytes * Megabyte)
            {
                refusal = new($"Your address has used its {limits.AddressDailyMegabytes} MB of today.", untilTomorrow);
                return null;
            }

            if (now - caller.MinuteBegan >= Minute)
            {
                (caller.MinuteBegan, caller.Requests) = (now, 0);
            }

            if (caller.Requests >= limits.AddressRequestsPerMinute)
            {
                refusal = new($"At most {limits.AddressRequestsPerMinute} requests a minute of one address.", caller.MinuteBegan + Minute - now);
                return null;
            }

            if (caller.Open >= limits.AddressConnections)
            {
                refusal = new($"At most {limits.AddressConnections} requests of one address at once.", TimeSpan.FromSeconds(1));
                return null;
            }

            caller.Requests++;
            caller.Open++;
        }

        return new BackendRequest(this, caller);
    }

    private void StartDay(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day == _day)
        {
            return;
        }

        lock (_lock)
        {
            if (day != _day)
            {
                _callers.Clear();
                Volatile.Write(ref _bytes, 0);
                _day = day;
            }
        }
    }

    private bool Count(Stranger caller, long bytes)
    {
        var limits = options.CurrentValue;
        var all = Interlocked.Add(ref _bytes, bytes);
        var own = Interlocked.Add(ref caller.Bytes, bytes);
        return all <= limits.DailyMegabytes * Megabyte && own <= limits.AddressDailyMegabytes * Megabyte;
    }

    /// <summary>A request that goes on.</summary>
    internal sealed class BackendRequest : IDisposable
    {
        private readonly BackendUse _use;
        private readonly Stranger _caller;

        internal BackendRequest(BackendUse use, Stranger caller) => (_use, _caller) = (use, caller);

        /// <summary>Counts what it has moved.</summary>
        /// <returns>False when that was more than it may: it has to end.</returns>
        public bool Count(long bytes) => _use.Count(_caller, bytes);

        public void Dispose()
        {
            lock (_caller)
            {
                _caller.Open--;
            }
        }
    }

    internal sealed class Stranger
    {
        public long Bytes;

        public int Requests { get; set; }

        public int Open { get; set; }

        public DateTimeOffset MinuteBegan { get; set; }
    }
}
