namespace Refresher.Core.Data;

/// <summary>Patterns of SQL's <c>LIKE</c>.</summary>
public static class LikePattern
{
    /// <summary>What these patterns escape with. To be named where EF writes the statement, which otherwise says that nothing is escaped.</summary>
    public const string Escape = "\\";

    /// <summary>Matches what contains this text, whatever signs of a pattern it has.</summary>
    public static string Containing(string text) => "%"
        + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        + "%";
}
