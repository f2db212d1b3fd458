using System.Globalization;

namespace Refresher.Tasks.SpeedTest.Pages;

/// <summary>Figures of speed tests as words for people.</summary>
internal static class SpeedWords
{
    public const string None = "–";

    /// <summary><c>93.4 Mbit/s</c>; <c>1.24 Gbit/s</c>.</summary>
    public static string Rate(double? mbps) => mbps switch
    {
        null => None,
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{mbps / 1000:0.00} Gbit/s"),
        >= 100 => string.Create(CultureInfo.InvariantCulture, $"{mbps:0} Mbit/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{mbps:0.0} Mbit/s"),
    };

    public static string Milliseconds(double? milliseconds) => milliseconds is { } value ? value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms" : None;

    /// <summary><c>1 % of 100 packets</c>.</summary>
    public static string Loss(double? share, int? packets) => share is { } lost ? string.Create(CultureInfo.InvariantCulture, $"{lost * 100:0.#} % of {packets} packets") : "not known";

    /// <summary>The upper end of an axis that has to hold a value: short, and so is its half.</summary>
    public static double Top(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return ((double[])[1, 1.2, 1.6, 2, 3, 4, 6, 8, 10]).Select(step => step * power).First(top => top >= most * 0.999);
    }

    /// <summary>A value at an axis.</summary>
    public static string Tick(double value) => value >= 1000 ? (value / 1000).ToString("0.#", CultureInfo.InvariantCulture) + "k" : value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Kilometres(double? km) => km is { } value ? value.ToString("0", CultureInfo.InvariantCulture) + " km" : None;

    public static string Megabytes(double bytes) => bytes >= 1e9 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");

    /// <summary>City and country, as far as they are known.</summary>
    public static string Place(string? city, string? country) => string.Join(", ", new[] { city, country }.Where(part => !string.IsNullOrEmpty(part))) is { Length: > 0 } place ? place : None;

    /// <summary>How well a place is known; empty where it needs no word.</summary>
    public static string Of(Servers.PlacePrecision? precision) => precision switch
    {
        Servers.PlacePrecision.Country => "known to the country: measured to its middle",
        Servers.PlacePrecision.City => "known to the city",
        Servers.PlacePrecision.Unknown => "place not known",
        _ => "",
    };

    public static string Of(SpeedTestResult test) => test switch
    {
        { Failure: not null } => "failed",
        { Healthy: true } => "as expected",
        { Healthy: false } => "below the threshold",
        _ => "measured",
    };

    /// <summary>Of the icon that stands for it.</summary>
    public static (string Icon, string Class) MarkOf(SpeedTestResult test) => test switch
    {
        { Failure: not null } => ("circle-x", "bad"),
        { Healthy: false } => ("alert-triangle", "warn"),
        _ => ("circle-check", "ok"),
    };
}
