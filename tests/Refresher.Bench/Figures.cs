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
}
