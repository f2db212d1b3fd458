using System.Buffers.Binary;
using System.Text;

namespace Refresher.Testing.Otlp;

/// <summary>A message whose fields are read by their numbers, without its schema (https://protobuf.dev/programming-guides/encoding/).</summary>
public sealed class ProtobufMessage
{
    private readonly List<(int Field, ReadOnlyMemory<byte> Value)> _parts = [];
    private readonly List<(int Field, ulong Value)> _numbers = [];

    public ProtobufMessage(ReadOnlyMemory<byte> message)
    {
        var position = 0;
        while (position < message.Length)
        {
            var tag = Varint(message, ref position);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _numbers.Add((field, Varint(message, ref position)));
                    break;
                case 1:
                    _numbers.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(message.Span.Slice(position, 8))));
                    position += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref position);
                    _parts.Add((field, message.Slice(position, length)));
                    position += length;
                    break;
                case 5:
                    _numbers.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(message.Span.Slice(position, 4))));
                    position += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at {position}.");
            }
        }
    }

    /// <summary>The messages at the end of a path of field numbers, through all repetitions.</summary>
    public IEnumerable<ProtobufMessage> All(params int[] path)
    {
        var inner = Bytes(path[0]).Select(bytes => new ProtobufMessage(bytes));
        return path.Length == 1 ? inner : inner.SelectMany(one => one.All(path[1..]));
    }

    public string? Text(int field) => Bytes(field).Select(bytes => Encoding.UTF8.GetString(bytes.Span)).FirstOrDefault();

    /// <summary>Small hexadecimal digits; null when there is none or it is empty.</summary>
    public string? Hex(int field) => Bytes(field).Where(bytes => bytes.Length > 0).Select(bytes => Convert.ToHexStringLower(bytes.Span)).FirstOrDefault();

    public ulong? Number(int field) => _numbers.Where(number => number.Field == field).Select(number => (ulong?)number.Value).FirstOrDefault();

    private IEnumerable<ReadOnlyMemory<byte>> Bytes(int field) => _parts.Where(part => part.Field == field).Select(part => part.Value);

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
