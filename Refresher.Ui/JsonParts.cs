using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Refresher.Ui;

/// <summary>A piece of indented JSON with what it is: <c>json-key</c>, <c>json-text</c>, <c>json-number</c>, <c>json-word</c> or nothing.</summary>
public readonly record struct JsonPart(string Text, string? Class);

/// <summary>Takes JSON apart for showing. What is no JSON comes back as it is.</summary>
public static class JsonParts
{
    // Only for people, and the page escapes it once more: letters of all languages may stay what they are.
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<JsonPart> Of(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var parts = new List<JsonPart>();
            Add(parts, document.RootElement, "\n");
            return parts;
        }
        catch (JsonException)
        {
            return [new JsonPart(json, null)];
        }
    }

    private static void Add(List<JsonPart> parts, JsonElement element, string line)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Add(parts, element.EnumerateObject(), "{", "}", line, (property, inner) =>
                {
                    parts.Add(new JsonPart(JsonSerializer.Serialize(property.Name, Text), "json-key"));
                    parts.Add(new JsonPart(": ", null));
                    Add(parts, property.Value, inner);
                });
                break;
            case JsonValueKind.Array:
                Add(parts, element.EnumerateArray(), "[", "]", line, (item, inner) => Add(parts, item, inner));
                break;
            case JsonValueKind.String:
                parts.Add(new JsonPart(Quoted(element), "json-text"));
                break;
            default:
                parts.Add(new JsonPart(element.GetRawText(), element.ValueKind == JsonValueKind.Number ? "json-number" : "json-word"));
                break;
        }
    }

    private static void Add<T>(List<JsonPart> parts, IEnumerable<T> items, string open, string close, string line, Action<T, string> add)
    {
        var separator = new StringBuilder(open);
        var any = false;
        foreach (var item in items)
        {
            parts.Add(new JsonPart(separator + line + "  ", null));
            add(item, line + "  ");
            separator.Clear().Append(',');
            any = true;
        }

        parts.Add(new JsonPart(any ? line + close : open + close, null));
    }

    private static string Quoted(JsonElement text)
    {
        try
        {
            return JsonSerializer.Serialize(text.GetString(), Text);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair has no text; its escape has.
            return text.GetRawText();
        }
    }
}
