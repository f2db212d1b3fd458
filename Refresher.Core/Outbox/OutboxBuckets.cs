using System.Text;

namespace Refresher.Core.Outbox;

/// <summary>The outbox' lines of events: everything with the same key is in the same one, so that lines can be worked on side by side.</summary>
internal static class OutboxBuckets
{
    /// <summary>Never changed: what a key's earlier events are in does not move.</summary>
    public const int Count = 16;

    /// <summary>The first half of the advisory locks that writers hold until they commit; the bucket is the second.</summary>
    public const int WriterLocks = 0x4F_55_54_42;

    public static IReadOnlyList<short> All { get; } = [.. Enumerable.Range(0, Count).Select(bucket => (short)bucket)];

    /// <summary>The bucket of a key, the same in every process and version: FNV-1a over its UTF-8, folded.</summary>
    public static short Of(string key)
    {
        var hash = 2166136261u;
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(key.Length)];
        foreach (var octet in utf8[..Encoding.UTF8.GetBytes(key, utf8)])
        {
            hash = (hash ^ octet) * 16777619;
        }

        hash ^= hash >> 16;
        return (short)((hash ^ (hash >> 8) ^ (hash >> 4)) % Count);
    }
}
