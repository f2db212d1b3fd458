using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>A question as it is sent (RFC 1035, 4.1; the size of answers by EDNS, RFC 6891).</summary>
internal sealed record DnsQuestion(string Name, DnsType Type)
{
    // What passes without fragments nearly everywhere (DNS flag day 2020).
    private const ushort LargestAnswer = 1232;

    /// <summary>Known to the server that is asked and to nobody else, so that others cannot answer.</summary>
    public ushort Id { get; } = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    /// <summary>A name in ASCII, without its last dot; <c>.</c> is the root.</summary>
    /// <returns>False when it is none: empty labels, labels over 63 or names over 253 characters.</returns>
    public static bool TryName(string text, out string name)
    {
        name = text.Trim();
        try
        {
            name = name.Any(c => c > 127) ? new IdnMapping { AllowUnassigned = true }.GetAscii(name) : name;
        }
        catch (ArgumentException)
        {
            return false;
        }

        name = name.Length > 1 && name.EndsWith('.') ? name[..^1] : name;
        return name == "." || (name.Length is > 0 and <= 253
            && name.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*')));
    }

    /// <param name="extended">Whether larger answers than 512 bytes are asked for; some old servers do not understand it.</param>
    public byte[] ToBytes(bool extended)
    {
        var labels = Name == "." ? [] : Name.Split('.');
        var bytes = new byte[12 + labels.Sum(label => label.Length + 1) + 5 + (extended ? 11 : 0)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Id);
        bytes[2] = 0x01; // recursion desired
        bytes[5] = 1;
        bytes[11] = extended ? (byte)1 : (byte)0;
        var at = 12;
        foreach (var label in labels)
        {
            bytes[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, bytes.AsSpan(at + 1));
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 1), (ushort)Type);
        bytes[at + 4] = 1;
        if (extended)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 6), (ushort)DnsType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 8), LargestAnswer);
        }

        return bytes;
    }
}
