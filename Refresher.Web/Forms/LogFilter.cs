using Microsoft.AspNetCore.WebUtilities;

namespace Refresher.Web.Forms;

/// <summary>Which lines of a run's log are shown; it stands in the address.</summary>
/// <param name="Level">The least level.</param>
/// <param name="Find">What a line has to contain, in any case; empty: anything.</param>
public sealed record LogFilter(LogLevel Level, string Find)
{
    /// <summary>Characters that are looked for at most.</summary>
    public const int LongestFind = 200;

    public static readonly LogLevel[] Levels = [LogLevel.Trace, LogLevel.Information, LogLevel.Warning, LogLevel.Error];

    public static readonly LogFilter All = new(LogLevel.Trace, "");

    /// <summary>Reads what stands in an address; what is no level, or too long, asks for nothing.</summary>
    public static LogFilter Parse(string? level, string? find)
    {
        // PostgreSQL has no NUL in texts: no line contains one.
        var wanted = find?.Trim().Replace('\0', '?') ?? "";
        return new LogFilter(Levels.FirstOrDefault(one => Word(one) == level), wanted.Length <= LongestFind ? wanted : wanted[..LongestFind]);
    }

    /// <summary>This address with the filter, and what else it is given.</summary>
    public string On(string path, params (string Name, string Value)[] more)
    {
        var query = more.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)).ToList();
        if (Level != LogLevel.Trace)
        {
            query.Add(KeyValuePair.Create("level", (string?)Word(Level)));
        }

        if (Find.Length > 0)
        {
            query.Add(KeyValuePair.Create("find", (string?)Find));
        }

        return QueryHelpers.AddQueryString(path, query);
    }

    public static string Word(LogLevel level) => level.ToString().ToLowerInvariant();
}
