using System.Text.RegularExpressions;

namespace Refresher.Tasks.HttpRequest;

/// <summary>A header as people write it: <c>Name: value</c> (RFC 9110, 5.1 and 5.5).</summary>
internal readonly partial record struct HeaderLine(string Name, string Value)
{
    // Framing and the idempotency key are the program's to set.
    private static readonly HashSet<string> Reserved =
        new(StringComparer.OrdinalIgnoreCase) { "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Content-Type", HttpRequestTask.RunIdHeader };

    public static bool TryParse(string line, out HeaderLine header)
    {
        var match = Shape().Match(line);
        header = new HeaderLine(match.Groups[1].Value, match.Groups[2].Value);
        return match.Success && !Reserved.Contains(header.Name);
    }

    [GeneratedRegex(@"^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([^\x00-\x1f\x7f]*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
