using System.Globalization;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>What visitors read: names of their own, reasons as categories, figures that do not flatter.</summary>
internal static class PublicText
{
    /// <summary>Characters a public name may have.</summary>
    public const int MostName = 80;

    /// <summary>A fault as a category: never an address, a header or a message.</summary>
    public static string Of(CheckFault? fault) => fault switch
    {
        CheckFault.Dns => "Its name cannot be found",
        CheckFault.Refused or CheckFault.Unreachable => "It cannot be reached",
        CheckFault.Reset => "The connection breaks off",
        CheckFault.Timeout => "It does not answer in time",
        CheckFault.Tls => "Its certificate is not valid",
        CheckFault.Status => "It answers with an error",
        CheckFault.Content or CheckFault.TooLarge or CheckFault.Redirects or CheckFault.Protocol => "It does not answer as it should",
        CheckFault.Slow => "It is slow",
        _ => "It does not work as it should",
    };

    public static string Of(VisitorStatus status) => status switch
    {
        VisitorStatus.Up => "up",
        VisitorStatus.Degraded => "slow",
        VisitorStatus.Down => "down",
        VisitorStatus.Maintenance => "maintenance",
        _ => "unknown",
    };

    /// <summary>A share as <c>99.98 %</c>, cut and never rounded up: one failure in a million is not 100 %.</summary>
    public static string Percent(double? part) => part is { } known ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((known * 10_000) + 1e-9) / 100:0.##} %") : "–";

    public static string Milliseconds(double? value) => value switch
    {
        null => "–",
        < 10 and var ms => string.Create(CultureInfo.InvariantCulture, $"{ms:0.#} ms"),
        < 10_000 and var ms => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
        var ms => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.#} s"),
    };

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>As long as a public name may be, without cutting a character in two.</summary>
    public static string Cut(string name)
    {
        var trimmed = name.Trim();
        return trimmed.Length <= MostName ? trimmed : trimmed[..(char.IsHighSurrogate(trimmed[MostName - 1]) ? MostName - 1 : MostName)].TrimEnd();
    }

    /// <summary>Complains of texts that are blank or hold what cannot be stored or shown.</summary>
    public static void Check(FieldErrors errors, params ReadOnlySpan<(string Field, string? Text)> texts)
    {
        foreach (var (field, text) in texts)
        {
            if (text?.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) is true)
            {
                errors.Add(field, $"{field}: it has control characters, which cannot be shown.");
            }

            if (field is "title" or "name" && text is not null && text.Length > 0 && string.IsNullOrWhiteSpace(text))
            {
                errors.Add(field, $"{field}: it is blank.");
            }
        }
    }
}
