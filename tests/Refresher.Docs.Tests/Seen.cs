using System.Text.RegularExpressions;

namespace Refresher.Docs.Tests;

/// <summary>Compares what was seen with what a document says: its lines, in their order, among those that were seen. <c>…</c> is anything, a line of it any lines.</summary>
internal static class Seen
{
    /// <returns>The first line that was not seen; null when all were.</returns>
    public static string? Missing(string said, string seen)
    {
        var lines = new Queue<string>(seen.Split('\n').Select(Plain));
        foreach (var line in said.Split('\n').Select(Plain).Where(line => line.Length > 0 && line != "…"))
        {
            var pattern = $"^{Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal)}$";
            bool found;
            do
            {
                if (!lines.TryDequeue(out var next))
                {
                    return line;
                }

                found = Regex.IsMatch(next, pattern);
            }
            while (!found);
        }

        return null;
    }

    /// <summary>Columns of psql are as wide as their widest value: spaces count as one.</summary>
    private static string Plain(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
