using System.Globalization;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Schedules;

namespace Refresher.Web.Forms;

/// <summary>A rule as the texts of its form. They become the same JSON that the Api takes, and Core says what is wrong with it.</summary>
public sealed class RuleForm
{
    private static readonly string[] Texts = ["name", "after", "times", "reminderEvery", "quietHours.timeZone", "quietHours.from", "quietHours.to"];
    private static readonly string[] Choices = ["conditions", "channels", "quietHours.days", "quietHours.evenInQuietHours"];
    private static readonly string[] Amounts = ["after", "times", "reminderEvery"];
    private static readonly char[] Separators = ['\n', ','];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _chosen = new(StringComparer.Ordinal);

    private RuleForm()
    {
    }

    public bool Enabled { get; private init; } = true;

    public bool Recovery { get; private init; } = true;

    /// <summary>Text of a field; empty when it has none, which means the default.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    public bool Has(string field, string choice) => _chosen.TryGetValue(field, out var chosen) && chosen.Contains(choice);

    /// <param name="channel">A channel to begin with; null: none.</param>
    public static RuleForm New(string? channel)
    {
        var form = new RuleForm();
        form._chosen["channels"] = channel is null ? [] : [channel];
        return form;
    }

    public static RuleForm From(AlertRule rule)
    {
        var (form, quiet) = (new RuleForm { Enabled = rule.Enabled, Recovery = rule.Recovery }, rule.QuietHours);
        form._texts["name"] = rule.Name;
        form._texts["after"] = rule.After == TimeSpan.Zero ? "" : PlainJson.Write(rule.After);
        form._texts["times"] = rule.Times == 1 ? "" : rule.Times.ToString(CultureInfo.InvariantCulture);
        form._texts["reminderEvery"] = rule.ReminderEvery is { } every ? PlainJson.Write(every) : "";
        form._texts["tags"] = string.Join(", ", rule.Tags);
        form._texts["subjects"] = string.Join('\n', rule.Subjects);
        form._texts["quietHours.timeZone"] = quiet?.TimeZone ?? "";
        form._texts["quietHours.from"] = quiet?.From ?? "";
        form._texts["quietHours.to"] = quiet?.To ?? "";
        form._chosen["conditions"] = [.. rule.Conditions];
        form._chosen["channels"] = [.. rule.Channels.Select(id => id.ToString())];
        form._chosen["quietHours.days"] = [.. quiet?.Days ?? []];
        form._chosen["quietHours.evenInQuietHours"] = [.. quiet?.EvenInQuietHours ?? []];
        return form;
    }

    public static RuleForm Sent(IFormCollection sent)
    {
        var form = new RuleForm { Enabled = sent["enabled"].Contains("true"), Recovery = sent["recovery"].Contains("true") };
        foreach (var field in Texts.Concat(["tags", "subjects"]))
        {
            form._texts[field] = sent[field].ToString().Trim().ReplaceLineEndings("\n");
        }

        foreach (var field in Choices)
        {
            form._chosen[field] = [.. sent[field].OfType<string>()];
        }

        return form;
    }

    /// <returns>Null with at least one error.</returns>
    public RuleInput? ToInput(FieldErrors errors)
    {
        var json = new JsonObject
        {
            ["name"] = this["name"],
            ["enabled"] = Enabled,
            ["recovery"] = Recovery,
            ["conditions"] = List(_chosen["conditions"]),
            ["channels"] = List(_chosen["channels"]),
            ["tags"] = List(this["tags"].Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            ["subjects"] = List(this["subjects"].Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        };
        foreach (var field in Amounts.Where(field => this[field].Length > 0))
        {
            JsonNode value = field == "times" && long.TryParse(this[field], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : this[field];

            // Each by itself, so that everything that cannot be read is told at once.
            JsonInput.Read<RuleInput>(new JsonObject { [field] = value.DeepClone() }.ToJsonString(), ScheduleInput.Json, errors);
            json[field] = value;
        }

        if (this["quietHours.from"].Length > 0 || this["quietHours.to"].Length > 0)
        {
            json["quietHours"] = new JsonObject
            {
                ["timeZone"] = this["quietHours.timeZone"] is { Length: > 0 } zone ? zone : "UTC",
                ["from"] = this["quietHours.from"],
                ["to"] = this["quietHours.to"],
                ["days"] = List(_chosen["quietHours.days"]),
                ["evenInQuietHours"] = List(_chosen["quietHours.evenInQuietHours"]),
            };
        }

        return errors.Count > 0 ? null : JsonInput.Read<RuleInput>(json.ToJsonString(), ScheduleInput.Json, errors);
    }

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];
}
