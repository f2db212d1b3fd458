using System.Text.Json;
using System.Text.Json.Nodes;

namespace Refresher.Core.Contract;

/// <summary>
/// The secret texts of one run, to be replaced by <see cref="SecretOptions.Mask"/> in whatever the run says. Of a value with several lines each
/// line counts, and of a line like <c>NAME=value</c> or <c>Authorization: Bearer token</c> also what follows the name and the scheme.
/// </summary>
public sealed class HiddenTexts
{
    /// <summary>Shorter ones would hide half of what is said, and are no secrets.</summary>
    public const int Shortest = 4;

    private readonly string[] _texts;

    private HiddenTexts(IEnumerable<string> texts) =>
        _texts = [.. texts.Where(text => text.Length >= Shortest && text != SecretOptions.Mask).Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length)];

    public static HiddenTexts None { get; } = new([]);

    public static HiddenTexts Of(IEnumerable<JsonNode> values) => new(values.SelectMany(LeavesOf).SelectMany(PartsOf));

    public string Hide(string text)
    {
        foreach (var hidden in _texts)
        {
            text = text.Replace(hidden, SecretOptions.Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Hides in every text and name of a JSON value.</summary>
    public JsonNode? Hide(JsonNode? json) => _texts.Length == 0 ? json : json switch
    {
        JsonObject node => new JsonObject(node.DistinctBy(pair => Hide(pair.Key)).Select(pair => KeyValuePair.Create(Hide(pair.Key), Hide(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Hide)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Hide(value.GetValue<string>())),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && Hide(value.ToJsonString()) is var shown && shown != value.ToJsonString() => JsonValue.Create(shown),
        _ => json?.DeepClone(),
    };

    private static IEnumerable<string> LeavesOf(JsonNode? value) => value switch
    {
        JsonObject node => node.SelectMany(pair => LeavesOf(pair.Value)),
        JsonArray list => list.SelectMany(LeavesOf),
        JsonValue leaf when leaf.GetValueKind() == JsonValueKind.String => [leaf.GetValue<string>()],
        JsonValue leaf when leaf.GetValueKind() == JsonValueKind.Number => [leaf.ToJsonString()],
        _ => [],
    };

    private static IEnumerable<string> PartsOf(string value)
    {
        yield return value;
        foreach (var line in value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            yield return line;
            if (line.IndexOfAny(['=', ':']) is >= 0 and var sign)
            {
                var rest = line[(sign + 1)..].Trim();
                yield return rest;
                if (rest.Split(' ') is [_, var token])
                {
                    yield return token;
                }
            }
        }
    }
}
