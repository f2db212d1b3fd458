using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Refresher.Ui.Charts;

/// <summary>The measures of a chart drawn by the server: it needs no script, follows the theme, and each stretch tells its figures under the pointer.</summary>
/// <param name="at">When each stretch begins.</param>
/// <param name="step">How long each is.</param>
public sealed class ChartFrame(IReadOnlyList<DateTimeOffset> at, TimeSpan step)
{
    public const int Width = 720;
    public const int Height = 220;

    private const int Left = 44;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public double Slot => (Width - Left) / (double)Math.Max(1, at.Count);

    public double X(int index) => Left + (index * Slot);

    /// <summary>The place of a part, 0 to 1, of the height.</summary>
    public static double Y(double part) => Height - (part * (Height - 16));

    /// <summary>Nine labels at most, the last one for the last stretch.</summary>
    private string? Label(int index)
    {
        var every = step == Hour && HasLocalHours ? 4 : (int)Math.Ceiling(at.Count / 9.0);
        var begin = at[index];
        var isOne = step < Hour ? begin.UtcTicks % (4 * TimeSpan.TicksPerHour) == 0 : (at.Count - 1 - index) % every == 0;
        return !isOne || X(index) < Left + 8 ? null
            : HasLocalHours ? begin.ToString("HH", CultureInfo.InvariantCulture)
            : begin.ToString("d MMM", CultureInfo.InvariantCulture);
    }

    /// <summary>The label as SVG: in the middle of its stretch, the last one no further than the edge. Razor would take the element for one of its own.</summary>
    public MarkupString? Text(int index)
    {
        if (Label(index) is not { } label)
        {
            return null;
        }

        var middle = X(index) + (Slot / 2);
        var (x, anchor) = middle > Width - 24 ? (Width, "end") : (middle, "middle");
        var hour = HasLocalHours ? $" data-hour=\"{at[index].UtcDateTime:o}\"" : "";
        return new MarkupString($"<text x=\"{F(x)}\" y=\"{Height + 14}\" text-anchor=\"{anchor}\"{hour}>{label}</text>");
    }

    /// <summary>When a stretch begins, in words.</summary>
    public string Name(int index) => at[index].ToString(step < Day ? "d MMM HH:mm 'UTC'" : "d MMM yyyy 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Labels that times.js turns into the viewer's hours.</summary>
    public bool HasLocalHours => step < Day && step * at.Count <= Day;

    public static string F(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
