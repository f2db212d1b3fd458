using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Refresher.Core.Alerts.Channels;

/// <summary>What a template becomes, and so how values are written into it.</summary>
public enum TemplateFormat
{
    /// <summary>Values stand as they are.</summary>
    Text,

    /// <summary>Within quotes values are escaped as JSON wants it; outside they are written as JSON values.</summary>
    Json,

    /// <summary><c>name=value&amp;…</c>: values are percent-encoded.</summary>
    Form,
}

/// <summary>
/// A text with places for values: <c>{{title}}</c>, and <c>{{#link}}…{{/link}}</c> around what is left out when there is no link. There is nothing
/// else: no expressions, no includes, no loops. A value is always written as data, whatever signs it has.
/// </summary>
internal sealed partial class Template
{
    private readonly List<Part> _parts;
    private readonly TemplateFormat _format;

    private Template(List<Part> parts, TemplateFormat format) => (_parts, _format) = (parts, format);

    /// <param name="known">Names of the values there are.</param>
    /// <returns>Null with at least one error, which names what is wrong.</returns>
    public static Template? Read(string text, TemplateFormat format, IReadOnlyCollection<string> known, List<string> errors)
    {
        var before = errors.Count;
        var (parts, open, inText, place) = (new List<Part>(), new Stack<(string Name, bool InText)>(), false, 0);
        foreach (Match tag in Tag().Matches(text))
        {
            var literal = text[place..tag.Index];
            inText = Literal(literal, inText);
            parts.Add(new Part(PartKind.Literal, literal, false));
            place = tag.Index + tag.Length;
            var (sign, name) = (tag.Groups[1].Value, tag.Groups[2].Value);
            if (!tag.Groups[2].Success)
            {
                errors.Add($"'{(tag.Value.Length > 30 ? tag.Value[..30] + "…" : tag.Value)}' is not a placeholder like {{{{title}}}}.");
                continue;
            }

            if (!known.Contains(name))
            {
                errors.Add($"There is no value '{name}'. There are: {string.Join(", ", known)}.");
                continue;
            }

            if (sign == "#")
            {
                open.Push((name, inText));
            }
            else if (sign == "/" && (!open.TryPop(out var begun) || begun.Name != name || begun.InText != inText))
            {
                errors.Add($"{{{{/{name}}}}} has no {{{{#{name}}}}} before it that it could end.");
            }

            parts.Add(new Part(sign switch { "#" => PartKind.Begin, "/" => PartKind.End, _ => PartKind.Value }, name, inText));
        }

        parts.Add(new Part(PartKind.Literal, text[place..], false));
        if (errors.Count == before && open.TryPop(out var left))
        {
            errors.Add($"{{{{#{left.Name}}}}} is not ended by {{{{/{left.Name}}}}}.");
        }

        var template = new Template(parts, format);
        if (errors.Count == before && format == TemplateFormat.Json)
        {
            template.TryOut(known, errors);
        }

        return errors.Count == before ? template : null;

        bool Literal(string literal, bool within)
        {
            for (var i = 0; format == TemplateFormat.Json && i < literal.Length; i++)
            {
                i += within && literal[i] == '\\' ? 1 : 0;
                within ^= i < literal.Length && literal[i] == '"';
            }

            return within;
        }
    }

    /// <param name="values">By name; null and empty texts are "not there".</param>
    public string Render(IReadOnlyDictionary<string, JsonNode?> values)
    {
        var text = new StringBuilder();
        var hidden = 0;
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Begin:
                    hidden += hidden > 0 || !IsThere(values[part.Text]) ? 1 : 0;
                    break;
                case PartKind.End:
                    hidden -= hidden > 0 ? 1 : 0;
                    break;
                case PartKind.Literal when hidden == 0:
                    text.Append(part.Text);
                    break;
                case PartKind.Value when hidden == 0:
                    text.Append(Written(values[part.Text], part.InText));
                    break;
            }
        }

        return text.ToString();
    }

    private string Written(JsonNode? value, bool inText) => _format switch
    {
        TemplateFormat.Json when !inText => value?.ToJsonString() ?? "null",
        TemplateFormat.Json => JsonEncodedText.Encode(Plain(value)).ToString(),
        TemplateFormat.Form => Uri.EscapeDataString(Plain(value)),
        _ => Plain(value),
    };

    private static string Plain(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        _ => value.ToJsonString(),
    };

    private static bool IsThere(JsonNode? value) => value is not null && Plain(value) is not ("" or "{}" or "[]");

    /// <summary>A template of JSON must become JSON, with every value there and with none.</summary>
    private void TryOut(IReadOnlyCollection<string> known, List<string> errors)
    {
        foreach (var value in new JsonNode?[] { "a \"text\"", null })
        {
            try
            {
                using var _ = JsonDocument.Parse(Render(known.ToDictionary(name => name, _ => value?.DeepClone())));
            }
            catch (JsonException error)
            {
                errors.Add($"It does not become JSON {(value is null ? "when values are missing" : "with its values")}: {error.Message.Split(" LineNumber:", 2)[0]}");
                return;
            }
        }
    }

    private enum PartKind
    {
        Literal,
        Value,
        Begin,
        End,
    }

    private readonly record struct Part(PartKind Kind, string Text, bool InText);

    [GeneratedRegex(@"\{\{\s*([#/]?)\s*([A-Za-z][A-Za-z0-9]*)\s*\}\}|\{\{[^{}]{0,60}(?:\}\})?")]
    private static partial Regex Tag();
}
