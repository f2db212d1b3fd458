using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Refresher.Tasks.SiteMonitor.Probing.Conditions;

/// <summary>One step of a path into JSON: a property of an object, or an element of an array.</summary>
internal readonly record struct JsonStep(string? Property, int Index)
{
    private const int MostSteps = 50;

    /// <summary>Takes the step.</summary>
    /// <returns>False when there is nothing there.</returns>
    public bool TryTake(JsonElement from, out JsonElement found)
    {
        found = default;
        if (Property is not null)
        {
            return from.ValueKind == JsonValueKind.Object && from.TryGetProperty(Property, out found);
        }

        if (from.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var length = from.GetArrayLength();
        var index = Index < 0 ? length + Index : Index;
        if (index < 0 || index >= length)
        {
            return false;
        }

        found = from[index];
        return true;
    }

    /// <summary>Reads <c>$</c> and the steps after it.</summary>
    /// <param name="end">Where the path ends in <paramref name="text"/>.</param>
    /// <param name="fault">What is wrong with it, as a sentence.</param>
    public static bool TryPath(string text, out IReadOnlyList<JsonStep> path, out int end, [NotNullWhen(false)] out string? fault)
    {
        var steps = new List<JsonStep>();
        (path, fault) = (steps, null);
        end = text.Length - text.AsSpan().TrimStart().Length;
        if (end == text.Length || text[end] != '$')
        {
            fault = "A condition begins with a path: $.status, $.items[0][\"some name\"].";
            return false;
        }

        end++;
        while (end < text.Length && text[end] is '.' or '[')
        {
            if (!TryStep(text, ref end, out var step))
            {
                fault = $"The path cannot be read at character {end + 1}: .name, [0] or [\"some name\"] is needed.";
                return false;
            }

            steps.Add(step);
            if (steps.Count > MostSteps)
            {
                fault = $"A path has at most {MostSteps} steps.";
                return false;
            }
        }

        return true;
    }

    private static bool TryStep(string text, ref int at, out JsonStep step)
    {
        step = default;
        var rest = text.AsSpan(at + 1);
        if (text[at] == '.')
        {
            var length = 0;
            while (length < rest.Length && (char.IsLetterOrDigit(rest[length]) || rest[length] is '_' or '-'))
            {
                length++;
            }

            step = new JsonStep(rest[..length].ToString(), 0);
            at += length + 1;
            return length > 0;
        }

        if (rest is ['"' or '\'', ..])
        {
            var close = rest[1..].IndexOf(rest[0]);
            if (close < 0 || close + 2 >= rest.Length || rest[close + 2] != ']')
            {
                return false;
            }

            step = new JsonStep(rest.Slice(1, close).ToString(), 0);
            at += close + 4;
            return true;
        }

        var end = rest.IndexOf(']');
        if (end < 0 || !int.TryParse(rest[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        step = new JsonStep(null, index);
        at += end + 2;
        return true;
    }
}
