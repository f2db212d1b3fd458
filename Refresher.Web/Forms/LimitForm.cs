using System.Globalization;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Limits;
using Refresher.Core.Schedules;

namespace Refresher.Web.Forms;

/// <summary>A limit as the texts of its form. They become the same JSON that the Api takes, and Core says what is wrong with it.</summary>
public sealed class LimitForm
{
    private static readonly string[] Numbers = ["concurrency", "rate"];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private LimitForm()
    {
    }

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    /// <param name="scope">What the address asks for; null: not said.</param>
    /// <param name="limit">What is changed; null for something new.</param>
    public static LimitForm From(string? scope, string? name, LimitUse? limit)
    {
        var form = new LimitForm();
        form._texts["scope"] = scope ?? "";
        form._texts["name"] = name ?? "";
        form._texts["concurrency"] = limit?.Concurrency?.ToString(CultureInfo.InvariantCulture) ?? "";
        form._texts["rate"] = limit?.Rate?.ToString(CultureInfo.InvariantCulture) ?? "";
        form._texts["per"] = limit?.Per?.ToString("c", CultureInfo.InvariantCulture) ?? "";
        return form;
    }

    public static LimitForm Sent(IFormCollection sent)
    {
        var form = new LimitForm();
        foreach (var (field, text) in sent)
        {
            form._texts[field] = text.ToString().Trim();
        }

        return form;
    }

    public LimitScope? ReadScope(FieldErrors errors)
    {
        if (Words<LimitScope>.TryParse(this["scope"], out var scope))
        {
            return scope;
        }

        errors.Add("scope", $"scope: one of {string.Join(", ", Words<LimitScope>.All)}.");
        return null;
    }

    /// <returns>Null with at least one error.</returns>
    public LimitInput? ToInput(FieldErrors errors)
    {
        var json = new JsonObject();
        foreach (var field in Numbers.Append("per").Where(field => this[field].Length > 0))
        {
            var node = Numbers.Contains(field) && long.TryParse(this[field], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(this[field]);

            // Each by itself, so that everything that cannot be read is told at once.
            JsonInput.Read<LimitInput>(new JsonObject { [field] = node.DeepClone() }.ToJsonString(), ScheduleInput.Json, errors);
            json[field] = node;
        }

        return errors.Count > 0 ? null : JsonInput.Read<LimitInput>(json.ToJsonString(), ScheduleInput.Json, errors);
    }
}
