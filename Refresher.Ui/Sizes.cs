using System.Globalization;

namespace Refresher.Ui;

/// <summary>Sizes and counts as words for people.</summary>
public static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>512 B</c>, <c>1.5 KiB</c>, <c>20 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < Units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return value.ToString(value < 10 && unit > 0 ? "0.#" : "0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>With thin spaces between the thousands.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '\u202F');
}
