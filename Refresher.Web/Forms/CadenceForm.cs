using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Web.Forms;

/// <summary>A cadence as the texts of the builder's fields, and back through the reader that the Api uses too.</summary>
public sealed class CadenceForm
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal)
    {
        ["type"] = "every",
        ["every"] = "5",
        ["unit"] = "min",
        ["mode"] = "rate",
        ["cron"] = "0 3 * * *",
        ["timeZone"] = "UTC",
        ["at"] = "",
        ["event"] = "sunrise",
        ["latitude"] = "",
        ["longitude"] = "",
        ["offset"] = "",
    };

    private static readonly (string Name, TimeSpan Length)[] Units =
        [("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("min", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1))];

    /// <summary>Text of a field; instants are written as <c>datetime-local</c> does, on the clocks of <c>timeZone</c>.</summary>
    public string this[string field] => _texts[field];

    public static CadenceForm From(Cadence cadence)
    {
        var form = new CadenceForm();
        foreach (var (field, text) in TextsOf(cadence))
        {
            form._texts[field] = text;
        }

        return form;
    }

    public static CadenceForm Sent(IFormCollection sent)
    {
        var form = new CadenceForm();
        foreach (var field in form._texts.Keys.ToList())
        {
            if (sent.TryGetValue("cadence." + field, out var text))
            {
                form._texts[field] = text.ToString().Trim();
            }
        }

        return form;
    }

    /// <summary>Reads and checks it.</summary>
    /// <returns>Null with at least one error, named <c>cadence.…</c>.</returns>
    public Cadence? Read(FieldErrors errors)
    {
        var cadence = CadenceJson.Read(JsonSerializer.SerializeToElement(ToJson()), out var wrong);
        foreach (var error in wrong)
        {
            errors.Add(error.Field, error.Message);
        }

        return cadence;
    }

    /// <summary>What the Api would be sent.</summary>
    public JsonObject ToJson() => this["type"] switch
    {
        "every" => new JsonObject { ["type"] = "every", ["every"] = EveryText(), ["mode"] = this["mode"] },
        "cron" => new JsonObject { ["type"] = "cron", ["cron"] = this["cron"], ["timeZone"] = this["timeZone"] },
        "once" => new JsonObject { ["type"] = "once", ["at"] = AtText() },
        _ => new JsonObject
        {
            ["type"] = this["type"],
            ["event"] = this["event"],
            ["latitude"] = NumberOrText("latitude"),
            ["longitude"] = NumberOrText("longitude"),
            ["offset"] = this["offset"].Length > 0 ? this["offset"] : null,
            ["timeZone"] = this["timeZone"],
        },
    };

    /// <summary>A number and a unit as a time span; anything else stays as it is and is then refused by name.</summary>
    private string EveryText()
    {
        var unit = Units.FirstOrDefault(unit => unit.Name == this["unit"]).Length;
        return unit > TimeSpan.Zero && double.TryParse(this["every"], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e6
            ? (unit * number).ToString("c", CultureInfo.InvariantCulture)
            : this["every"];
    }

    private string AtText() =>
        DateTime.TryParse(this["at"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && TimeZones.TryFind(this["timeZone"], out var zone)
            ? new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(local)).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)
            : this["at"];

    private JsonNode NumberOrText(string field) =>
        double.TryParse(this[field], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : this[field];

    private static IEnumerable<(string Field, string Text)> TextsOf(Cadence cadence) => cadence switch
    {
        EveryCadence every => EveryTexts(every),
        CronCadence cron => [("type", "cron"), ("cron", cron.Cron), ("timeZone", cron.TimeZone ?? "UTC")],
        OnceCadence once => [("type", "once"), ("at", once.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture))],
        SolarCadence solar =>
        [
            ("type", "solar"),
            ("event", JsonNamingPolicy.CamelCase.ConvertName(solar.Event.ToString())),
            ("latitude", solar.Latitude.ToString(CultureInfo.InvariantCulture)),
            ("longitude", solar.Longitude.ToString(CultureInfo.InvariantCulture)),
            ("offset", solar.Offset?.ToString("c", CultureInfo.InvariantCulture) ?? ""),
            ("timeZone", solar.TimeZone ?? "UTC"),
        ],
        _ => [],
    };

    private static IEnumerable<(string Field, string Text)> EveryTexts(EveryCadence cadence)
    {
        var (name, length) = Units.FirstOrDefault(unit => cadence.Every.Ticks % unit.Length.Ticks == 0, Units[^1]);
        return [("type", "every"), ("every", (cadence.Every / length).ToString(CultureInfo.InvariantCulture)), ("unit", name), ("mode", JsonNamingPolicy.CamelCase.ConvertName(cadence.Mode.ToString()))];
    }
}
