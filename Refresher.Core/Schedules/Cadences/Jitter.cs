using System.Buffers.Binary;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Spreads schedules that share a time: each gets its own delay, the same for all its occurrences, so that its rhythm stays exact.</summary>
public static class Jitter
{
    /// <summary>A delay of whole milliseconds, at least zero and less than <paramref name="max"/>; zero when <paramref name="max"/> is not positive.</summary>
    /// <remarks>Depends on the id and on <paramref name="max"/> alone, the same on every machine.</remarks>
    public static TimeSpan For(Guid scheduleId, TimeSpan max)
    {
        long span = max.Ticks / TimeSpan.TicksPerMillisecond;
        if (span <= 0)
        {
            return TimeSpan.Zero;
        }

        Span<byte> bytes = stackalloc byte[16];
        scheduleId.TryWriteBytes(bytes, bigEndian: true, out _);
        ulong hash = Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])));
        return TimeSpan.FromMilliseconds((long)Math.BigMul(hash, (ulong)span, out _));
    }

    /// <summary>The finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
