using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;

namespace Refresher.Web.Forms;

/// <summary>A kind's options as texts in a form, and back to JSON. What is allowed is decided elsewhere: here is only how it is written.</summary>
public sealed class OptionsForm
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly JsonObject _stored;

    private OptionsForm(OptionsShape kind, JsonObject stored) => (Fields, _stored) = (OptionField.Of(kind), stored);

    public IReadOnlyList<OptionField> Fields { get; }

    /// <summary>What is stored, or for something new the kind's defaults.</summary>
    public static OptionsForm From(OptionsShape kind, JsonObject stored)
    {
        var form = new OptionsForm(kind, stored);
        foreach (var field in form.Fields)
        {
            form._texts[field.Name] = field.IsSecret ? "" : TextOf(field, stored[field.Name]);
        }

        return form;
    }

    /// <summary>What a person sent.</summary>
    /// <param name="stored">What was stored: a secret left empty stays as it is.</param>
    public static OptionsForm Sent(OptionsShape kind, IFormCollection sent, JsonObject stored)
    {
        var form = new OptionsForm(kind, stored);
        foreach (var field in form.Fields)
        {
            form._texts[field.Name] = field.Input == OptionInput.Switch
                ? sent[field.FormName].Contains("true") ? "true" : "false"
                : sent[field.FormName].ToString().ReplaceLineEndings("\n");
        }

        return form;
    }

    public string this[OptionField field] => _texts[field.Name];

    /// <summary>True when the field has a secret that an empty text leaves as it is.</summary>
    public bool HasSecret(OptionField field) => field.IsSecret && _stored[field.Name] is not null;

    /// <summary>The options as JSON. What cannot be read as what it should be goes along as text, so that the reader names the field.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var field in Fields)
        {
            var text = _texts[field.Name];
            if (text.Length == 0 && HasSecret(field))
            {
                json[field.Name] = _stored[field.Name]?.DeepClone();
            }
            else if (text.Length > 0 || field.Input == OptionInput.Lines || (field.Input is OptionInput.Text or OptionInput.MultiLine && !field.MayBeNull && !field.IsSecret))
            {
                json[field.Name] = Node(field, text);
            }
        }

        return json;
    }

    private static string TextOf(OptionField field, JsonNode? value) => (field.Input, value) switch
    {
        (_, null) => "",
        (OptionInput.Lines, JsonArray lines) => string.Join('\n', lines.Select(line => line?.ToString())),
        (OptionInput.Json, _) => value.ToJsonString(new JsonSerializerOptions { WriteIndented = true }),
        (OptionInput.Switch, _) => value.GetValueKind() == JsonValueKind.True ? "true" : "false",
        _ => value.ToString(),
    };

    private static JsonNode? Node(OptionField field, string text) => field.Input switch
    {
        OptionInput.Switch => text == "true",
        OptionInput.Number => Number(text),
        OptionInput.Lines => new JsonArray([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => OptionField.ElementOf(field.Type) == typeof(string) ? JsonValue.Create(line) : Number(line))]),
        OptionInput.Json => Parse(text),
        OptionInput.Choice when field.Type == typeof(bool) => text == "true",
        OptionInput.Choice when OptionField.IsNumber(field.Type) => Number(text),
        _ => text,
    };

    private static JsonNode Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : JsonValue.Create(text);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
