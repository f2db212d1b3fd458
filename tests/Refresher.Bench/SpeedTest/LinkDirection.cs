using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Refresher.Bench.SpeedTest;

/// <summary>
/// One way of a line: a drop-tail queue of so many bytes that leaves at a constant rate, then a delay. A packet leaves when all
/// before it have left; when that will be is known on its arrival, so that the delay in the queue is known exactly.
/// </summary>
internal sealed unsafe partial class LinkDirection : IDisposable
{
    private const int LongestPacket = 1536;

    // A sleep costs more than a packet: what falls due meanwhile goes together.
    private const long ShortestSleep = 150_000;

    private readonly TunDevice _from;
    private readonly TunDevice _to;
    private readonly double _nanosecondsPerByte;
    private readonly long _delay;
    private readonly double _loss;
    private readonly long _longestQueue;
    private readonly Random _random;
    private readonly byte* _bytes;
    private readonly (int Length, long DueAt)[] _packets;
    private readonly AutoResetEvent _arrived = new(false);
    private readonly Thread[] _threads;
    private long _freeAt;
    private long _head;
    private long _tail;
    private bool _sleeping;
    private volatile bool _ended;

    public LinkDirection(TunDevice from, TunDevice to, double mbps, TimeSpan delay, double loss, TimeSpan buffer, int seed)
    {
        (_from, _to, _loss, _random) = (from, to, loss, new Random(seed));
        _nanosecondsPerByte = 8e3 / mbps;
        _delay = (long)delay.TotalNanoseconds;
        _longestQueue = (long)buffer.TotalNanoseconds;
        _packets = new (int, long)[Math.Max(8192, (int)((buffer + delay).TotalNanoseconds / _nanosecondsPerByte / 500))];
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)_packets.Length * LongestPacket, 64);
        _threads = [new Thread(Receive) { IsBackground = true }, new Thread(Deliver) { IsBackground = true }];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Packets that the queue had no room for.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Packets lost at random.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets that the emulator itself had no room for: not zero when it was too slow.</summary>
    public long Overrun { get; private set; }

    /// <summary>The latest delivery after its time, in milliseconds.</summary>
    public double Latest { get; private set; }

    /// <summary>Milliseconds that a packet waits in the queue if it comes now.</summary>
    public double QueueDelay => Math.Max(0, Volatile.Read(ref _freeAt) - Now()) / 1e6;

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    public void Dispose()
    {
        _ended = true;
        _arrived.Set();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        NativeMemory.AlignedFree(_bytes);
        _arrived.Dispose();
    }

    private void Receive()
    {
        RealTime();
        while (!_ended)
        {
            // A full ring is read into its last place, and what came is lost.
            var full = _tail - Volatile.Read(ref _head) >= _packets.Length - 1;
            var length = (int)_from.Read(_bytes + (_tail % _packets.Length * LongestPacket), LongestPacket);
            if (length <= 0)
            {
                _from.WaitForPacket(100);
            }
            else if (full)
            {
                Overrun++;
            }
            else
            {
                Accept(length, Now());
            }
        }
    }

    private void Accept(int length, long now)
    {
        if (_random.NextDouble() < _loss)
        {
            Lost++;
            return;
        }

        var leaves = Math.Max(_freeAt, now) + (long)(length * _nanosecondsPerByte);
        if (leaves - now > _longestQueue)
        {
            Overflowed++;
            return;
        }

        Volatile.Write(ref _freeAt, leaves);
        _packets[_tail % _packets.Length] = (length, leaves + _delay);
        Volatile.Write(ref _tail, _tail + 1);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping))
        {
            _arrived.Set();
        }
    }

    private void Deliver()
    {
        RealTime();
        while (!_ended)
        {
            if (_head == Volatile.Read(ref _tail))
            {
                WaitForArrival();
                continue;
            }

            var (length, dueAt) = _packets[_head % _packets.Length];
            var now = Now();
            if (dueAt > now)
            {
                SleepUntil(Math.Max(dueAt, now + ShortestSleep));
                continue;
            }

            Latest = Math.Max(Latest, (now - dueAt) / 1e6);
            _to.Write(_bytes + (_head % _packets.Length * LongestPacket), length);
            Volatile.Write(ref _head, _head + 1);
        }
    }

    private void WaitForArrival()
    {
        Volatile.Write(ref _sleeping, true);
        Interlocked.MemoryBarrier();
        if (_head == Volatile.Read(ref _tail))
        {
            _arrived.WaitOne(100);
        }

        Volatile.Write(ref _sleeping, false);
    }

    /// <summary>A line does not wait for the programs at its ends.</summary>
    private static void RealTime()
    {
        var priority = 10;
        _ = SetScheduler(0, 1, &priority);
    }

    private static void SleepUntil(long nanoseconds)
    {
        var until = new Time { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        _ = Sleep(1, 1, &until, null);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, Time* until, Time* left);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
