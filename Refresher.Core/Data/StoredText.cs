using System.Text;

namespace Refresher.Core.Data;

/// <summary>Text from outside, made fit for PostgreSQL: no NUL, no half surrogates, no more than it may have.</summary>
public static class StoredText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Cleans and cuts to <paramref name="limit"/> characters, ending a cut text with an ellipsis.</summary>
    public static string Clean(string text, int limit)
    {
        var cut = text.Length <= limit ? text : string.Concat(text.AsSpan(0, limit - 1), "…");
        return IsClean(cut) ? cut : Replace(cut);
    }

    /// <summary>JSON text as jsonb takes it: the escape of NUL is valid JSON that PostgreSQL refuses.</summary>
    public static string CleanJson(string json)
    {
        var clean = IsClean(json) ? json : Replace(json);
        if (!clean.Contains("\\u0000", StringComparison.OrdinalIgnoreCase) && !clean.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return clean;
        }

        // Escapes hide NULs and half surrogates: read and written again, they come out as characters.
        using var document = System.Text.Json.JsonDocument.Parse(clean);
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
        {
            Write(document.RootElement, writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void Write(System.Text.Json.JsonElement element, System.Text.Json.Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case System.Text.Json.JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(Raw(property));
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case System.Text.Json.JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case System.Text.Json.JsonValueKind.String:
                writer.WriteStringValue(Raw(element));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    // GetString and Name refuse half surrogates; the raw text shows them as escapes, which are harmless as plain text.
    private static string Raw(System.Text.Json.JsonElement element)
    {
        try
        {
            return Text(element.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return Text(element.GetRawText()[1..^1]);
        }
    }

    private static string Raw(System.Text.Json.JsonProperty property)
    {
        try
        {
            return Text(property.Name);
        }
        catch (InvalidOperationException)
        {
            // No member gives the raw name alone; it is what stands between the quotes before the value.
            var text = property.ToString();
            return Text(text[1..text.LastIndexOf('"', text.Length - property.Value.GetRawText().Length - 1)]);
        }
    }

    private static string Text(string text) => IsClean(text) ? text : Replace(text);

    private static bool IsClean(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                return false;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    private static string Replace(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(text[i] == '\0' || char.IsSurrogate(text[i]) ? Replacement : text[i]);
            }
        }

        return clean.ToString();
    }
}
