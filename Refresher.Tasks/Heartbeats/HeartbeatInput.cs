using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>A heartbeat as people and programs give it. What is left out is the default.</summary>
public sealed record HeartbeatInput
{
    /// <summary>Lower-case words joined by hyphens; null: made from the name.</summary>
    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "key: lower-case letters, digits and single hyphens only, like nightly-backup.")]
    [StringLength(100, ErrorMessage = "key: at most 100 characters.")]
    public string? Key { get; init; }

    [Required(ErrorMessage = "name is needed: 1 to 200 characters.")]
    [StringLength(200, ErrorMessage = "name: at most 200 characters.")]
    public string? Name { get; init; }

    [StringLength(2000, ErrorMessage = "description: at most 2000 characters.")]
    public string? Description { get; init; }

    [MaxLength(20, ErrorMessage = "tags: at most 20.")]
    public string[]? Tags { get; init; }

    /// <summary>Of type <c>every</c>, counted from the last call, or <c>cron</c>.</summary>
    public JsonElement? Cadence { get; init; }

    /// <summary>How much later than expected it may call; 5 minutes when it is not said.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00", ErrorMessage = "grace: 00:00:01 to 31.00:00:00.")]
    public TimeSpan? Grace { get; init; }

    /// <summary>From its start to its success at most; null: a start is only noted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00", ErrorMessage = "maxRunTime: 00:00:01 to 31.00:00:00.")]
    public TimeSpan? MaxRunTime { get; init; }

    /// <summary>False: it is paused from the start. Later <c>pause</c> and <c>resume</c> do it.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>An input that is right.</summary>
internal sealed partial record ReadHeartbeat(string Key, string Name, string Description, string[] Tags, Cadence Cadence, TimeSpan Grace, TimeSpan? MaxRunTime)
{
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UsualGrace = TimeSpan.FromMinutes(5);

    private const int MostTag = 50;
    private const int MostKey = 100;

    /// <returns>Null with at least one error.</returns>
    public static ReadHeartbeat? Of(HeartbeatInput input, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        var tags = (input.Tags ?? []).Select(tag => tag?.Trim() ?? "").Distinct(StringComparer.Ordinal).ToArray();
        if (tags.Any(tag => tag.Length is 0 or > MostTag || tag.Any(char.IsControl)))
        {
            errors.Add("tags", $"tags: each has 1 to {MostTag} characters.");
        }

        foreach (var (field, text) in new[] { ("name", input.Name), ("description", input.Description) })
        {
            if (text?.Contains('\0', StringComparison.Ordinal) is true || text is not null && !IsWhole(text))
            {
                errors.Add(field, $"{field}: it has a character that is not valid Unicode, or NUL.");
            }
        }

        var name = input.Name?.Trim() ?? "";
        if (input.Name is not null && name.Length == 0)
        {
            errors.Add("name", "name is needed: 1 to 200 characters.");
        }

        var cadence = ReadCadence(input.Cadence, errors);
        return errors.Count > 0 ? null : new(input.Key ?? KeyOf(name), name, input.Description ?? "", tags, cadence!, input.Grace ?? UsualGrace, input.MaxRunTime);
    }

    /// <summary>A key made from a name: its letters and digits, in lower case, joined by hyphens.</summary>
    private static string KeyOf(string name)
    {
        var plain = string.Concat(name.Normalize(NormalizationForm.FormD).Where(char.IsAscii)).ToLowerInvariant();
        var key = Other().Replace(plain, "-").Trim('-');
        key = key.Length > MostKey ? key[..MostKey].Trim('-') : key;
        return key.Length > 0 ? key : "heartbeat";
    }

    private static Cadence? ReadCadence(JsonElement? sent, FieldErrors errors)
    {
        if (sent is not { ValueKind: not JsonValueKind.Null } json)
        {
            errors.Add("cadence", """cadence is needed: {"type":"every","every":"01:00:00"} or {"type":"cron","cron":"0 2 * * *","timeZone":"Europe/Berlin"}.""");
            return null;
        }

        var cadence = CadenceJson.Read(json, out var wrong);
        foreach (var error in wrong)
        {
            errors.Add(error.Field, error.Message);
        }

        switch (cadence)
        {
            case EveryCadence { Mode: EveryMode.Delay }:
                errors.Add("cadence.mode", "mode: leave it out; a period counts from the last call anyhow.");
                break;
            case EveryCadence every when every.Every < ShortestPeriod:
                errors.Add("cadence.every", $"every is {every.Every}; the shortest is {ShortestPeriod:c} (ten seconds).");
                break;
            case not null and not (EveryCadence or CronCadence):
                errors.Add("cadence.type", "type: a heartbeat is expected every so often (every) or by the clock (cron).");
                break;
        }

        return cadence;
    }

    private static bool IsWhole(string text)
    {
        try
        {
            _ = text.IsNormalized();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();
}
