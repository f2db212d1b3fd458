using System.Globalization;
using System.Text.Json;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Reads a cadence property by property, so that each wrong one gets a sentence of its own.</summary>
internal sealed class CadenceReader(JsonElement sent)
{
    private static readonly Dictionary<string, string[]> Types = new(StringComparer.Ordinal)
    {
        ["every"] = ["every", "mode"],
        ["cron"] = ["cron", "timeZone"],
        ["once"] = ["at"],
        ["solar"] = ["event", "latitude", "longitude", "offset", "timeZone"],
    };

    private readonly List<CadenceError> _errors = [];

    public IReadOnlyList<CadenceError> Errors => _errors;

    public Cadence? Read()
    {
        if (sent.ValueKind != JsonValueKind.Object)
        {
            return Wrong<Cadence>("", "cadence must be an object such as {\"type\":\"every\",\"every\":\"00:05:00\"}.");
        }

        string? type = Text("type", $"is needed: {Words(Types.Keys)}");
        if (type is null || !Types.TryGetValue(type, out string[]? properties))
        {
            return type is null ? null : Wrong<Cadence>("type", $"type '{Short(type)}' is not known; it is {Words(Types.Keys)}.");
        }

        foreach (JsonProperty property in sent.EnumerateObject())
        {
            if (!Is(property, "type") && !properties.Any(known => Is(property, known)))
            {
                Wrong<string>(Short(property.Name), $"'{Short(property.Name)}' is not part of a cadence of type {type}; it takes {Words(properties, "and")}.");
            }
        }

        return type switch
        {
            "every" => new EveryCadence(Span("every", "00:05:00") ?? default, Mode()),
            "cron" => new CronCadence(Text("cron", "is needed: for example 30 2 * * 1-5") ?? "", Text("timeZone")),
            "once" => new OnceCadence(Instant("at")),
            _ => Solar(),
        };
    }

    private SolarCadence Solar() => new(
        Word<SolarEvent>("event", "sunrise") ?? SolarEvent.Sunrise, Number("latitude"), Number("longitude"), Span("offset", "-00:30:00"), Text("timeZone"));

    private EveryMode Mode() => Find("mode") is { ValueKind: JsonValueKind.Null } or null ? EveryMode.Rate : Word<EveryMode>("mode", "rate") ?? EveryMode.Rate;

    private string? Text(string name, string? need = null)
    {
        JsonElement? value = Find(name);
        return value switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: not JsonValueKind.Null } => Wrong<string>(name, $"{name} must be a text{(need is null ? "" : "; it " + need)}."),
            _ => need is null ? null : Wrong<string>(name, $"{name} {need}."),
        };
    }

    private TimeSpan? Span(string name, string example)
    {
        if (Find(name) is not { ValueKind: not JsonValueKind.Null } value)
        {
            return null;
        }

        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null && text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span)
            ? span
            : Wrong<TimeSpan?>(name, $"{name} '{Short(value.ToString())}' is not a time span; write [days.]hh:mm:ss[.fff] with hours up to 23, for example {example} or 1.00:00:00 for a day.");
    }

    private DateTimeOffset Instant(string name)
    {
        string? text = Text(name, "is needed: an instant with its offset, for example 2027-01-31T08:00:00Z");
        if (text is null)
        {
            return default;
        }

        // Without an offset the machine's own zone would be taken.
        bool zoned = text.EndsWith('Z') || text.EndsWith('z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
        return zoned && text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)
            ? instant
            : Wrong<DateTimeOffset>(name, $"{name} '{Short(text)}' is not an instant; write it with Z or an offset, for example 2027-01-31T08:00:00Z or 2027-01-31T09:00:00+01:00.");
    }

    private double Number(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number)
            ? number
            : Wrong<double>(name, $"{name} is needed: degrees as a number, for example 52.52.");

    private T? Word<T>(string name, string example)
        where T : struct, Enum
    {
        string? text = Text(name, $"is needed: for example {example}");
        if (text is null || (Enum.TryParse(text, ignoreCase: true, out T word) && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal)))
        {
            return text is null ? null : Enum.Parse<T>(text, ignoreCase: true);
        }

        return Wrong<T?>(name, $"{name} '{Short(text)}' is not known; it is {Words(Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.");
    }

    private JsonElement? Find(string name)
    {
        foreach (JsonProperty property in sent.EnumerateObject())
        {
            if (Is(property, name))
            {
                return property.Value;
            }
        }

        return null;
    }

    private T? Wrong<T>(string name, string message)
    {
        _errors.Add(new CadenceError(name.Length == 0 ? "cadence" : "cadence." + name, message));
        return default;
    }

    private static bool Is(JsonProperty property, string name) => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static string Words(IEnumerable<string> words, string last = "or")
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : string.Join(", ", all[..^1]) + $" {last} " + all[^1];
    }
}
