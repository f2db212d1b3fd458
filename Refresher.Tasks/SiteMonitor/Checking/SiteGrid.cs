using System.Buffers.Binary;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>
/// The instants at which a site is due: whole multiples of its interval since 1970, moved by a part of it that its id decides, so that sites of one
/// interval are spread over it and none ever drifts.
/// </summary>
internal static class SiteGrid
{
    /// <summary>The first instant after <paramref name="after"/>; what was missed before is left out.</summary>
    /// <param name="interval">In whole milliseconds.</param>
    public static DateTimeOffset Next(Guid site, TimeSpan interval, DateTimeOffset after)
    {
        var phase = Phase(site, interval);
        var since = (after - DateTimeOffset.UnixEpoch).Ticks - phase;
        return DateTimeOffset.UnixEpoch.AddTicks(phase + (((since / interval.Ticks) + 1) * interval.Ticks));
    }

    // The last eight bytes of a version-7 UUID are random but for two bits.
    private static long Phase(Guid site, TimeSpan interval)
    {
        Span<byte> bytes = stackalloc byte[16];
        site.TryWriteBytes(bytes, bigEndian: true, out _);
        var steps = (ulong)(interval.Ticks / TimeSpan.TicksPerMillisecond);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) % steps) * TimeSpan.TicksPerMillisecond;
    }
}
