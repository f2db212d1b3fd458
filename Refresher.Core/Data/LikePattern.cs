namespace Refresher.Core.Data;

/// <summary>Patterns of SQL's <c>LIKE</c>.</summary>
public static class LikePattern
{
    /// <summary>Matches what contains this text, whatever signs of a pattern it has.</summary>
    public static string Containing(string text) => "%"
        + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        + "%";
}
