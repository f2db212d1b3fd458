using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Refresher.Core.Schedules.Files;

/// <summary>What an unquoted text of YAML means: the core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3.2), in which times, dates and <c>yes</c> are texts.</summary>
internal static partial class YamlScalar
{
    /// <summary>The value of an unquoted text.</summary>
    /// <param name="value">Null for YAML's null.</param>
    /// <returns>False for a number that JSON cannot hold: infinite, or none at all.</returns>
    public static bool TryRead(string text, out JsonNode? value)
    {
        value = text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when Whole().IsMatch(text) => Integer(text),
            _ when text.StartsWith("0x", StringComparison.Ordinal) && Hexadecimal().IsMatch(text) => Based(text, 16),
            _ when text.StartsWith("0o", StringComparison.Ordinal) && Octal().IsMatch(text) => Based(text, 8),
            _ when Fraction().IsMatch(text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            _ => text,
        };
        return !NotANumber().IsMatch(text) && (value is not JsonValue number || !number.TryGetValue(out double real) || double.IsFinite(real));
    }

    /// <summary>True when some reader of YAML, of whatever version, might take the unquoted text for something else: a number, a date, a time, a truth.</summary>
    public static bool NeedsQuotes(string text) =>
        text.Length == 0 || NumberLike().IsMatch(text) || WordOfOtherMeaning().IsMatch(text);

    private static JsonValue Integer(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole)
            : JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static JsonValue Based(string text, int radix)
    {
        var value = 0.0;
        foreach (var digit in text.AsSpan(2))
        {
            value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return value < 1L << 53 ? JsonValue.Create((long)value) : JsonValue.Create(value);
    }

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Whole();

    [GeneratedRegex("^0x[0-9a-fA-F]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex("^0o[0-7]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$", RegexOptions.NonBacktracking)]
    private static partial Regex NotANumber();

    [GeneratedRegex(@"^[-+.]*[0-9][0-9a-fA-F_.:,+ xXoOtTzZ-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex NumberLike();

    [GeneratedRegex(@"^(~|null|true|false|y|n|yes|no|on|off|=|<<|[-+]?\.inf|\.nan)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WordOfOtherMeaning();
}
