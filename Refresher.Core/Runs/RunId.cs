using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Refresher.Core.Runs;

/// <summary>
/// A run's id: a version-7 UUID (RFC 9562, 5.7) whose 48-bit time is the due time in milliseconds. For a cadence the other bits are a
/// hash of schedule and due time, so that the primary key is at once the uniqueness of an occurrence, the order and the partition.
/// </summary>
public static class RunId
{
    /// <summary>The id of a schedule's occurrence: the same wherever and however often it is computed.</summary>
    public static Guid OfOccurrence(Guid scheduleId, DateTimeOffset dueAt)
    {
        Span<byte> key = stackalloc byte[24];
        scheduleId.TryWriteBytes(key, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(key[16..], dueAt.UtcTicks);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(key, hash);
        return Compose(dueAt, hash);
    }

    /// <summary>A new id for a run that nobody scheduled.</summary>
    public static Guid New(DateTimeOffset dueAt)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Compose(dueAt, random);
    }

    /// <summary>A new id for one of many runs asked for together: those due at the same time sort as they were given.</summary>
    /// <param name="place">0 to 262,143.</param>
    public static Guid New(DateTimeOffset dueAt, int place)
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits);
        bits[6] = (byte)((place >> 14) & 0x0F);
        bits[7] = (byte)(place >> 6);
        bits[8] = (byte)(place & 0x3F);
        return Compose(dueAt, bits);
    }

    /// <summary>The lowest id of that millisecond: bounds for looking runs up by due time. Ids begin in 1970; what is earlier counts as that.</summary>
    public static Guid LowestAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        WriteTime(bytes, at);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The due time in an id, to the millisecond; the latest there is for an id whose time is beyond that, which is none of ours.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }

    /// <summary>The lowest and the highest of some ids in PostgreSQL's order, which lets it plan for their partitions only.</summary>
    /// <param name="ids">At least one.</param>
    public static (Guid Lowest, Guid Highest) Bounds(ReadOnlySpan<Guid> ids)
    {
        var (lowest, highest) = (ids[0], ids[0]);
        foreach (var id in ids[1..])
        {
            // Guid compares its fields as unsigned numbers in the order they are written: the order of PostgreSQL's uuid.
            if (id.CompareTo(lowest) < 0)
            {
                lowest = id;
            }
            else if (id.CompareTo(highest) > 0)
            {
                highest = id;
            }
        }

        return (lowest, highest);
    }

    private static Guid Compose(DateTimeOffset dueAt, ReadOnlySpan<byte> bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        bits[..16].CopyTo(bytes);
        WriteTime(bytes, dueAt);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static void WriteTime(Span<byte> bytes, DateTimeOffset at)
    {
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, Math.Max(0, at.ToUnixTimeMilliseconds()) << 16);
        time[..6].CopyTo(bytes);
    }
}
