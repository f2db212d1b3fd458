using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Refresher.Core;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Tasks.SiteMonitor.Maintenance;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>A maintenance window as the texts of its form, each named as the Api names the field.</summary>
public sealed class MaintenanceForm
{
    private const string LocalForm = "yyyy-MM-dd'T'HH:mm:ss";
    private static readonly string[] Lists = ["sites", "tags", "groups"];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private MaintenanceForm()
    {
    }

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    public IReadOnlyList<string> Days { get; private init; } = [];

    /// <summary>Begins now and lasts an hour.</summary>
    public static MaintenanceForm New(DateTimeOffset now, string? site) => Of(
        new MaintenanceWindow { Title = "", From = Minute(now), To = Minute(now).AddHours(1) }, site is null ? [] : [site]);

    /// <param name="sites">The keys of its sites.</param>
    public static MaintenanceForm From(MaintenanceWindow window, IReadOnlyCollection<string> sites) => Of(window, sites);

    public static MaintenanceForm Sent(IFormCollection sent)
    {
        var form = new MaintenanceForm { Days = [.. sent["days"].OfType<string>()] };
        foreach (var (field, text) in sent)
        {
            form._texts[field] = text.ToString().Trim().ReplaceLineEndings("\n");
        }

        return form;
    }

    /// <summary>The window as it is, but over: one that comes again does so the next time.</summary>
    public static MaintenanceInput Ended(MaintenanceWindow window, DateTimeOffset now) => InputOf(window) with
    {
        // Nothing that began before this instant counts any more.
        From = window.Type == MaintenanceType.Once ? window.From : now,
        To = window.Type == MaintenanceType.Once ? now : window.To,
    };

    /// <returns>Null with at least one error.</returns>
    public MaintenanceInput? ToInput(FieldErrors errors)
    {
        var json = new JsonObject { ["enabled"] = this["enabled"] == "true", ["allSites"] = this["allSites"] == "true" };
        foreach (var field in new[] { "title", "text", "type", "timeZone" })
        {
            Put(json, field);
        }

        foreach (var field in Lists)
        {
            json[field] = new JsonArray([.. this[field].Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => (JsonNode)item)]);
        }

        switch (this["type"])
        {
            case "weekly":
                json["days"] = new JsonArray([.. Days.Select(day => (JsonNode)day)]);
                Put(json, "at");
                Put(json, "duration");
                break;
            case "cron":
                Put(json, "cron");
                Put(json, "duration");
                break;
        }

        Instant(json, "from", errors);
        Instant(json, "to", errors);
        foreach (var (name, value) in json)
        {
            // Each by itself, so that everything that cannot be read is told at once.
            JsonInput.Read<MaintenanceInput>(new JsonObject { [name] = value?.DeepClone() }.ToJsonString(), ScheduleInput.Json, errors);
        }

        return errors.Count > 0 ? null : JsonInput.Read<MaintenanceInput>(json.ToJsonString(), ScheduleInput.Json, errors);
    }

    private static MaintenanceInput InputOf(MaintenanceWindow window)
    {
        (string[] Days, string At)? week = window.Type == MaintenanceType.Weekly ? MaintenanceReader.WeekOf(window.Cron!) : null;
        return new()
        {
            Title = window.Title,
            Text = window.Text,
            Enabled = window.Enabled,
            Type = window.Type,
            From = window.From,
            To = window.To,
            Days = week?.Days,
            At = week?.At,
            Cron = window.Type == MaintenanceType.Cron ? window.Cron : null,
            Duration = window.Duration,
            TimeZone = window.TimeZone,
            AllSites = window.AllSites,
            Sites = [.. window.SiteIds.Select(id => id.ToString())],
            Tags = window.Tags,
            Groups = window.Groups,
        };
    }

    private static MaintenanceForm Of(MaintenanceWindow window, IReadOnlyCollection<string> sites)
    {
        var input = InputOf(window);
        var form = new MaintenanceForm { Days = input.Days ?? [] };
        var zone = TimeZones.TryFind(window.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        foreach (var (field, text) in new[]
        {
            ("title", window.Title), ("text", window.Text), ("enabled", window.Enabled ? "true" : ""), ("type", Words<MaintenanceType>.Of(window.Type)), ("timeZone", window.TimeZone),
            ("from", Local(window.From, zone)), ("to", Local(window.To, zone)), ("at", input.At ?? ""), ("cron", input.Cron ?? ""), ("duration", window.Duration?.ToString("c", CultureInfo.InvariantCulture) ?? ""),
            ("allSites", window.AllSites ? "true" : ""), ("sites", string.Join(", ", sites)), ("tags", string.Join(", ", window.Tags)), ("groups", string.Join('\n', window.Groups)),
        })
        {
            form._texts[field] = text;
        }

        return form;
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    private static string Local(DateTimeOffset? at, TimeZoneInfo zone) => at is { } known ? TimeZoneInfo.ConvertTime(known, zone).ToString(LocalForm, CultureInfo.InvariantCulture) : "";

    private void Put(JsonObject json, string field)
    {
        if (this[field].Length > 0)
        {
            json[field] = this[field];
        }
    }

    /// <summary>A date and time on the clocks of the chosen zone.</summary>
    private void Instant(JsonObject json, string field, FieldErrors errors)
    {
        if (this[field].Length == 0)
        {
            return;
        }

        if (!DateTime.TryParse(this[field], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || local.Kind != DateTimeKind.Unspecified || local.Year is < 1971 or > 9000)
        {
            errors.Add(field, $"{field}: a date and time is needed, like 2027-01-31T08:00.");
        }
        else if (TimeZones.TryFind(this["timeZone"] is { Length: > 0 } name ? name : "UTC", out var zone))
        {
            json[field] = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        }
    }
}
