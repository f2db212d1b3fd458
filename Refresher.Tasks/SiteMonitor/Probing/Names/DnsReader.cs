using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>Reads an answer (RFC 1035, 4) that may be cut, wrong or malicious.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const int LongestName = 255;
    private const int MostRecords = 1000;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>Reads the answer to a question.</summary>
    /// <returns>Null when it is the answer to another one.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message, ushort id, string name, DnsType type)
    {
        var reader = new DnsReader(message);
        var (itsId, flags) = (reader.Number(), reader.Number());
        var (questions, answers) = (reader.Number(), reader.Number());
        reader._at += 4;
        if (itsId != id || (flags & 0x8000) == 0)
        {
            return null;
        }

        // Servers that fail may leave the question out.
        var code = flags & 0xF;
        if (questions != 1 && (questions != 0 || code == 0))
        {
            return null;
        }

        if (questions == 1 && (!reader.Name().Equals(name, StringComparison.OrdinalIgnoreCase) || reader.Number() != (ushort)type || reader.Number() != 1))
        {
            return null;
        }

        var cut = (flags & 0x0200) != 0;
        return new DnsAnswer(itsId, code, cut, cut ? [] : reader.Records(answers));
    }

    private List<DnsRecord> Records(int count)
    {
        var records = new List<DnsRecord>(Math.Min(count, 16));
        for (var i = 0; i < Math.Min(count, MostRecords); i++)
        {
            var name = Name();
            var (type, kind) = ((DnsType)Number(), Number());
            _at += 4;
            var length = Number();
            var end = _at + length;
            if (end > _message.Length)
            {
                throw new FormatException("a record is longer than the message");
            }

            if (kind == 1 && Text(type, end) is { } text)
            {
                records.Add(new DnsRecord(name, type, text));
            }

            _at = end;
        }

        return records;
    }

    /// <returns>Null for types that nobody asks for.</returns>
    private string? Text(DnsType type, int end)
    {
        var text = type switch
        {
            DnsType.A => new IPAddress(Bytes(4)).ToString(),
            DnsType.Aaaa => new IPAddress(Bytes(16)).ToString(),
            DnsType.Cname or DnsType.Ns => Name(),
            DnsType.Mx => Invariant($"{Number()} {Name()}"),
            DnsType.Srv => Invariant($"{Number()} {Number()} {Number()} {Name()}"),
            DnsType.Soa => Invariant($"{Name()} {Name()} {Long()} {Long()} {Long()} {Long()} {Long()}"),
            DnsType.Txt => Strings(end),
            DnsType.Caa => Invariant($"{Bytes(1)[0]} {Shown(Bytes(Bytes(1)[0]))} \"{Shown(Bytes(end - _at))}\""),
            _ => null,
        };
        return _at <= end ? text : throw new FormatException("a record is shorter than what it says");
    }

    private string Strings(int end)
    {
        var text = new StringBuilder();
        while (_at < end)
        {
            text.Append(Shown(Bytes(Bytes(1)[0])));
        }

        return text.ToString();
    }

    /// <summary>A name with its labels; pointers lead backwards only, so that none leads in a circle.</summary>
    private string Name()
    {
        var text = new StringBuilder();
        var (at, after) = (_at, -1);
        while (true)
        {
            var length = At(at);
            if (length >= 0xC0)
            {
                var target = ((length & 0x3F) << 8) | At(at + 1);
                after = after < 0 ? at + 2 : after;
                at = target < at ? target : throw new FormatException("a name points forward");
            }
            else if (length > 63)
            {
                throw new FormatException("a label of an unknown kind");
            }
            else if (length == 0)
            {
                _at = after < 0 ? at + 1 : after;
                return text.Length == 0 ? "." : text.ToString();
            }
            else
            {
                if (at + 1 + length > _message.Length || text.Length + length > LongestName)
                {
                    throw new FormatException("a name is too long");
                }

                text.Append(text.Length > 0 ? "." : "").Append(Shown(_message.Slice(at + 1, length)));
                at += 1 + length;
            }
        }
    }

    private readonly byte At(int at) => at < _message.Length ? _message[at] : throw new FormatException("it ends too early");

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || _at + count > _message.Length)
        {
            throw new FormatException("it ends too early");
        }

        _at += count;
        return _message.Slice(_at - count, count);
    }

    private ushort Number() => BinaryPrimitives.ReadUInt16BigEndian(Bytes(2));

    private uint Long() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));

    private static string Shown(ReadOnlySpan<byte> bytes) => PlainText.Clean(Encoding.UTF8.GetString(bytes).AsSpan(), PlainText.KeptBytes);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
