using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Refresher.Core;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>A heartbeat as the texts of its form. They become the same JSON that the Api takes.</summary>
public sealed class HeartbeatForm
{
    private const string Cron = "cron";

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private HeartbeatForm()
    {
    }

    public static HeartbeatForm Empty => new();

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    public static HeartbeatForm From(Heartbeat heartbeat)
    {
        var form = new HeartbeatForm();
        form._texts["name"] = heartbeat.Name;
        form._texts["key"] = heartbeat.Key;
        form._texts["description"] = heartbeat.Description;
        form._texts["tags"] = string.Join(", ", heartbeat.Tags);
        form._texts["grace"] = heartbeat.Grace.ToString("c", CultureInfo.InvariantCulture);
        form._texts["maxRunTime"] = heartbeat.MaxRunTime?.ToString("c", CultureInfo.InvariantCulture) ?? "";
        form._texts["cadence.type"] = heartbeat.Cadence is CronCadence ? Cron : "every";
        form._texts["cadence.every"] = heartbeat.Cadence is EveryCadence every ? every.Every.ToString("c", CultureInfo.InvariantCulture) : "";
        form._texts["cadence.cron"] = heartbeat.Cadence is CronCadence cron ? cron.Cron : "";
        form._texts["cadence.timeZone"] = (heartbeat.Cadence as CronCadence)?.TimeZone ?? "";
        return form;
    }

    public static HeartbeatForm Sent(IFormCollection sent)
    {
        var form = new HeartbeatForm();
        foreach (var (field, text) in sent)
        {
            form._texts[field] = text.ToString().Trim().ReplaceLineEndings("\n");
        }

        return form;
    }

    /// <returns>Null with at least one error.</returns>
    public HeartbeatInput? ToInput(FieldErrors errors)
    {
        var json = new JsonObject { ["name"] = this["name"], ["description"] = this["description"], ["cadence"] = CadenceJson() };
        foreach (var field in (string[])["key", "grace", "maxRunTime"])
        {
            if (this[field].Length > 0)
            {
                // Each by itself, so that everything that cannot be read is told at once.
                JsonInput.Read<HeartbeatInput>(new JsonObject { [field] = this[field] }.ToJsonString(), ScheduleInput.Json, errors);
                json[field] = this[field];
            }
        }

        json["tags"] = new JsonArray([.. this["tags"].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(tag => JsonValue.Create(tag))]);
        return errors.Count > 0 ? null : JsonInput.Read<HeartbeatInput>(json.ToJsonString(), ScheduleInput.Json, errors);
    }

    private JsonObject CadenceJson()
    {
        if (this["cadence.type"] != Cron)
        {
            return new() { ["type"] = "every", ["every"] = this["cadence.every"] };
        }

        var cron = new JsonObject { ["type"] = Cron, [Cron] = this["cadence.cron"] };
        if (this["cadence.timeZone"] is { Length: > 0 } zone)
        {
            cron["timeZone"] = zone;
        }

        return cron;
    }
}
