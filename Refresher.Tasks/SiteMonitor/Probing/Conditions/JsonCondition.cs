using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Refresher.Tasks.SiteMonitor.Probing.Conditions;

/// <summary>
/// What a JSON body must say: <c>$.checks[0].state == "ok"</c>. A path (<c>.name</c>, <c>["any name"]</c>, <c>[index]</c>, negative from the end), then
/// <c>exists</c>, or one of <c>== != &lt; &lt;= &gt; &gt;= contains</c> and a JSON value that is no object and no array.
/// </summary>
internal sealed class JsonCondition
{
    /// <summary>Characters of a condition.</summary>
    public const int MostCharacters = 500;

    private readonly IReadOnlyList<JsonStep> _path;
    private readonly string _operator;
    private readonly JsonElement _value;
    private readonly string _pathText;
    private readonly string _expectation;

    private JsonCondition(IReadOnlyList<JsonStep> path, string pathText, string @operator, JsonElement value)
    {
        (_path, _pathText, _operator, _value) = (path, pathText, @operator, value);
        _expectation = value.ValueKind == JsonValueKind.Undefined ? @operator : $"{@operator} {value.GetRawText()}";
    }

    /// <param name="fault">What is wrong with it, as a sentence.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonCondition? condition, [NotNullWhen(false)] out string? fault)
    {
        condition = null;
        if (!JsonStep.TryPath(text, out var path, out var end, out fault))
        {
            return false;
        }

        var rest = text.AsSpan(end).TrimStart();
        if (rest.TrimEnd() is "exists")
        {
            condition = new JsonCondition(path, text[..end].Trim(), "exists", default);
            return true;
        }

        string[] operators = ["==", "!=", "<=", ">=", "<", ">", "contains"];
        foreach (var candidate in operators)
        {
            if (rest.StartsWith(candidate, StringComparison.Ordinal) && TryValue(rest[candidate.Length..].Trim(), out var value))
            {
                if (candidate[0] is '<' or '>' && value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
                {
                    fault = $"{candidate} compares with a number or a text only.";
                    return false;
                }

                condition = new JsonCondition(path, text[..end].Trim(), candidate, value);
                return true;
            }
        }

        fault = $"After the path, exists or one of {string.Join(' ', operators)} and a JSON value (\"text\", 12.5, true, false, null) is needed: $.status == \"ok\".";
        return false;
    }

    /// <summary>Why <paramref name="body"/> does not fulfil it, in words; null when it does.</summary>
    public string? Complaint(JsonElement body)
    {
        foreach (var step in _path)
        {
            if (!step.TryTake(body, out body))
            {
                return $"{_pathText} is not there, expected: {_expectation}";
            }
        }

        return Holds(body) ? null : $"{_pathText} is {Shown(body)}, expected: {_expectation}";
    }

    private bool Holds(JsonElement found) => _operator switch
    {
        "exists" => true,
        "==" => AreEqual(found, _value),
        "!=" => !AreEqual(found, _value),
        "contains" => found.ValueKind switch
        {
            JsonValueKind.String => _value.ValueKind == JsonValueKind.String && found.GetString()!.Contains(_value.GetString()!, StringComparison.Ordinal),
            JsonValueKind.Array => found.EnumerateArray().Any(item => AreEqual(item, _value)),
            _ => false,
        },
        "<" => Order(found) < 0,
        "<=" => Order(found) <= 0,
        ">" => Order(found) > 0,
        _ => Order(found) >= 0,
    };

    /// <returns>Null when they are not of one kind: then no order holds.</returns>
    private int? Order(JsonElement found) => (found.ValueKind, _value.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => Compare(found, _value),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(found.GetString(), _value.GetString()),
        _ => null,
    };

    private static bool AreEqual(JsonElement one, JsonElement other) => one.ValueKind == other.ValueKind && one.ValueKind switch
    {
        JsonValueKind.Number => Compare(one, other) == 0,
        JsonValueKind.String => one.ValueEquals(other.GetString()),
        JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => true,
        _ => false,
    };

    // Exact where both are decimals of 28 digits, else as floating point.
    private static int Compare(JsonElement one, JsonElement other) =>
        one.TryGetDecimal(out var left) && other.TryGetDecimal(out var right) ? left.CompareTo(right) : one.GetDouble().CompareTo(other.GetDouble());

    private static string Shown(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"an array of {found.GetArrayLength()}",
        _ => PlainText.Cut(found.GetRawText(), 100),
    };

    private static bool TryValue(ReadOnlySpan<char> text, out JsonElement value)
    {
        value = default;
        try
        {
            using var document = JsonDocument.Parse(text.ToString());
            value = document.RootElement.Clone();
            return value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
