using System.Text.Json;

namespace Refresher.Bench;

/// <summary>Prints figures: a line for people, or with <c>--json</c> a JSON object a line.</summary>
internal sealed class Figures(TextWriter output, bool json)
{
    public void Say(string name, double value, string unit, string note = "")
    {
        output.WriteLine(json
            ? JsonSerializer.Serialize(new { name, value = Math.Round(value, 4), unit, note })
            : FormattableString.Invariant($"  {name,-44} {value,12:#,##0.###} {unit,-8} {note}"));
    }

    public void Title(string title)
    {
        if (!json)
        {
            output.WriteLine(title);
        }
    }

    /// <summary>Says p50, p95, p99 and the maximum of some durations, those of them that are asked for.</summary>
    /// <param name="milliseconds">In any order; nothing is said of none.</param>
    public void SayShares(string name, IReadOnlyCollection<double> milliseconds, params double[] shares)
    {
        var sorted = milliseconds.Order().ToArray();
        foreach (var share in sorted.Length == 0 ? [] : shares)
        {
            var value = sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
            Say($"{name} {(share < 1 ? $"p{share * 100:0}" : "max")}", value, "ms");
        }
    }
}
