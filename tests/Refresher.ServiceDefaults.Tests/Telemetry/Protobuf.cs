using System.Text;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

/// <summary>Reads single fields of a message without its schema (https://protobuf.dev/programming-guides/encoding/).</summary>
internal static class Protobuf
{
    /// <summary>The strings at the end of a path of field numbers, through all repetitions.</summary>
    public static IEnumerable<string> Strings(ReadOnlyMemory<byte> message, params int[] path)
    {
        foreach (var (field, value) in Fields(message))
        {
            if (field != path[0])
            {
                continue;
            }

            if (path.Length == 1)
            {
                yield return Encoding.UTF8.GetString(value.Span);
                continue;
            }

            foreach (var inner in Strings(value, path[1..]))
            {
                yield return inner;
            }
        }
    }

    /// <summary>The fields that have a length; numbers are passed over.</summary>
    private static IEnumerable<(int Field, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        var position = 0;
        while (position < message.Length)
        {
            var tag = Varint(message, ref position);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref position);
                    break;
                case 1:
                    position += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref position);
                    yield return ((int)(tag >> 3), message.Slice(position, length));
                    position += length;
                    break;
                case 5:
                    position += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at {position}.");
            }
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int position)
    {
        ulong result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message.Span[position++];
            result |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return result;
            }
        }
    }
}
