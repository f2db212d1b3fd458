namespace Refresher.Core.Data;

/// <summary>Texts as fields of a CSV file (RFC 4180).</summary>
public static class CsvText
{
    /// <summary>
    /// What begins like a formula is one to a spreadsheet that opens the file, and may send its neighbours away
    /// (https://owasp.org/www-community/attacks/CSV_Injection): an apostrophe before it makes it text.
    /// </summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n;") < 0 && safe == safe.Trim() ? safe : "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
