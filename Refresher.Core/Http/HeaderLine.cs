using System.Text.RegularExpressions;

namespace Refresher.Core.Http;

/// <summary>A header as people write it: <c>Name: value</c> (RFC 9110, 5.1 and 5.5).</summary>
public readonly partial record struct HeaderLine(string Name, string Value)
{
    // How a message is framed is the program's to say.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase) { "Content-Length", "Transfer-Encoding", "Connection", "Upgrade" };

    /// <summary>Reads a line; those that say how the message is framed are refused.</summary>
    public static bool TryParse(string line, out HeaderLine header)
    {
        var match = Shape().Match(line);
        header = new HeaderLine(match.Groups[1].Value, match.Groups[2].Value);
        return match.Success && !Reserved.Contains(header.Name);
    }

    [GeneratedRegex(@"^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([^\x00-\x1f\x7f]*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
