using System.Globalization;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>Types of records that are asked for, by their numbers (RFC 1035 3.2.2, 3596, 2782, 8659).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Caa = 257,
}

/// <summary>One record of an answer.</summary>
/// <param name="Text">As zone files write it, names without their last dot: <c>10 mail.example.com</c>.</param>
internal sealed record DnsRecord(string Name, DnsType Type, string Text)
{
    /// <summary>Every type that a check may ask for, as people write it.</summary>
    public static IReadOnlyList<string> Types { get; } = ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SOA", "SRV", "CAA"];

    public static bool TryType(string text, out DnsType type) => Enum.TryParse(text, ignoreCase: true, out type) && Types.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this is the record that somebody expects: any case, any white space, with or without last dots; of MX and SRV the name alone will do.</summary>
    public bool Is(string expected)
    {
        var (own, other) = (Plain(Text), Plain(expected));
        return own.Equals(other, StringComparison.OrdinalIgnoreCase)
            || (Type is DnsType.Mx or DnsType.Srv && !other.Contains(' ', StringComparison.Ordinal) && own.EndsWith(" " + other, StringComparison.OrdinalIgnoreCase));
    }

    private string Plain(string text)
    {
        if (Type is DnsType.A or DnsType.Aaaa)
        {
            return System.Net.IPAddress.TryParse(text.Trim(), out var address) ? address.ToString() : text;
        }

        if (Type == DnsType.Txt)
        {
            return text.Trim() is ['"', .. var quoted, '"'] ? quoted : text.Trim();
        }

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select(word => word.Length > 1 ? word.TrimEnd('.') : word));
    }
}

/// <summary>What a server answered to one question.</summary>
/// <param name="Code">0: no error; 2: it failed; 3: there is no such name; 5: it refuses (RFC 1035, 4.1.1).</param>
/// <param name="Cut">It did not fit and is to be asked for over TCP.</param>
internal sealed record DnsAnswer(ushort Id, int Code, bool Cut, IReadOnlyList<DnsRecord> Records)
{
    /// <summary>The records of a type that the name leads to, over its aliases.</summary>
    public IReadOnlyList<DnsRecord> Of(string name, DnsType type)
    {
        // As many steps as there are records: a circle of aliases ends.
        foreach (var _ in type == DnsType.Cname ? [] : Records)
        {
            name = Records.FirstOrDefault(record => record.Type == DnsType.Cname && record.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Text ?? name;
        }

        return [.. Records.Where(record => record.Type == type && record.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
    }

    public string CodeWords(string name) => Code switch
    {
        1 => "did not understand the question (FORMERR)",
        2 => $"failed to find an answer for {name} (SERVFAIL)",
        3 => $"says that there is no name {name} (NXDOMAIN)",
        4 => "does not know this kind of question (NOTIMP)",
        5 => $"refuses to answer for {name} (REFUSED)",
        _ => string.Create(CultureInfo.InvariantCulture, $"answered with code {Code} for {name}"),
    };
}
