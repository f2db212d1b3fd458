using System.Text;
using System.Text.Json;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>What an input comes to once every field is found right.</summary>
internal sealed record ReadSchedule(string Key, string Options, Cadence Cadence, IReadOnlyList<Runs.Continuation>? ContinueWith);

/// <summary>Checks a schedule's input field by field.</summary>
internal static class ScheduleReader
{
    private const int OptionsLimit = 64 * 1024;

    /// <param name="stored">What the input is to replace, whose secrets may be kept; null for something new.</param>
    public static ReadSchedule? Read(ScheduleInput input, Schedule? stored, KindCatalog kinds, OptionSecrets secrets, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        CheckTexts(input, errors);
        CheckTags(input, errors);
        CheckTimes(input, errors);
        CheckCalendars(input, errors);
        RetryCheck.Check(input.Retry, errors);
        input.Retention?.Check(errors);
        var continueWith = Runs.ContinuationInput.ReadSchedules(input.ContinueWith, errors);
        var options = input.Kind is { Length: > 0 } kind ? ReadOptions(kind, input.Options, stored?.Kind == kind ? stored.Options : null, kinds, secrets, errors) : null;
        var cadence = ReadCadence(input.Cadence, errors);
        return errors.Count > 0 || options is null || cadence is null ? null : new ReadSchedule(input.Key ?? KeyOf(input.Name!), options, cadence, continueWith);
    }

    /// <summary>Checks options against their kind.</summary>
    /// <param name="stored">The options in whose place these come; null for something new.</param>
    /// <returns>The options as they are stored, defaults filled in and secrets sealed; null with an error when they do not fit.</returns>
    public static string? ReadOptions(string kindName, JsonElement? given, string? stored, KindCatalog kinds, OptionSecrets secrets, FieldErrors errors)
    {
        if (kinds.Find(kindName) is not { CanRun: true } kind)
        {
            errors.Add("kind", $"There is no kind '{kindName}'. There are: {string.Join(", ", kinds.Where(k => k.CanRun).Select(k => k.Name))}.");
            return null;
        }

        var json = given is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element ? element.GetRawText() : "{}";
        if (json.Length > OptionsLimit)
        {
            errors.Add("options", $"The options have {json.Length} characters; at most {OptionsLimit} are allowed.");
            return null;
        }

        var wrong = new FieldErrors();
        var sent = SentSecrets.Of(secrets, kind, json, stored, wrong);
        var unfit = KindOptions.TryRead(kind, sent.Plain, out var options);
        foreach (var (field, messages) in unfit.Where(error => !sent.IsUnread(error.Key)))
        {
            wrong.Add(field, string.Join(' ', messages));
        }

        errors.AddAll(wrong, "options");
        return wrong.Count == 0 && options is not null ? sent.Seal(Data.StoredText.CleanJson(KindOptions.Write(options))) : null;
    }

    /// <summary>A key from a name: <c>Nightly backup!</c> becomes <c>nightly-backup</c>.</summary>
    public static string KeyOf(string name)
    {
        var key = new StringBuilder();
        foreach (var character in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                key.Append(character);
            }
            else if (key.Length > 0 && key[^1] != '-')
            {
                key.Append('-');
            }
        }

        var trimmed = key.ToString().Trim('-');
        return trimmed.Length == 0 ? "schedule" : trimmed[..Math.Min(trimmed.Length, 90)].Trim('-');
    }

    private static Cadence? ReadCadence(JsonElement? given, FieldErrors errors)
    {
        if (given is not { ValueKind: JsonValueKind.Object } element)
        {
            errors.Add("cadence", "cadence is needed: an object like {\"type\": \"every\", \"every\": \"00:05:00\"} or {\"type\": \"cron\", \"cron\": \"30 2 * * *\", \"timeZone\": \"Europe/Berlin\"}.");
            return null;
        }

        var cadence = CadenceJson.Read(element, out var wrong);
        foreach (var error in wrong)
        {
            errors.Add(error.Field, error.Message);
        }

        return cadence;
    }

    /// <summary>PostgreSQL's text has no NUL.</summary>
    private static void CheckTexts(ScheduleInput input, FieldErrors errors)
    {
        foreach (var (field, text) in new[] { ("name", input.Name), ("description", input.Description), ("owner", input.Owner) })
        {
            if (text?.Contains('\0', StringComparison.Ordinal) is true)
            {
                errors.Add(field, $"{field}: the character NUL (\\u0000) cannot be stored.");
            }
        }
    }

    private static void CheckTags(ScheduleInput input, FieldErrors errors)
    {
        foreach (var tag in input.Tags ?? [])
        {
            if (string.IsNullOrWhiteSpace(tag) || tag.Length > 50 || tag.Contains('\0', StringComparison.Ordinal))
            {
                errors.Add("tags", "tags: each 1 to 50 characters.");
            }
        }
    }

    private static void CheckCalendars(ScheduleInput input, FieldErrors errors)
    {
        if (input.Calendars?.Any(name => string.IsNullOrEmpty(name) || name.Length > 100 || name.Contains('\0', StringComparison.Ordinal)) is true)
        {
            errors.Add("calendars", "calendars: names of calendars, each 1 to 100 characters; GET /api/v1/calendars lists them.");
        }
    }

    private static void CheckTimes(ScheduleInput input, FieldErrors errors)
    {
        if (input is { StartAt: { } start, EndAt: { } end } && end <= start)
        {
            errors.Add("endAt", $"endAt must be after startAt ({start:O}).");
        }
    }
}

/// <summary>Checks a retry policy's numbers.</summary>
internal static class RetryCheck
{
    public static void Check(RetryPolicy? retry, FieldErrors errors)
    {
        if (retry is null)
        {
            return;
        }

        Require(retry.MaxAttempts is >= 1 and <= 100, "maxAttempts", "1 to 100.");
        Require(retry.Delay >= TimeSpan.Zero && retry.Delay <= TimeSpan.FromDays(7), "delay", "00:00:00 to 7.00:00:00.");
        Require(retry.MaxDelay >= TimeSpan.Zero && retry.MaxDelay <= TimeSpan.FromDays(30), "maxDelay", "00:00:00 to 30.00:00:00.");
        Require(retry.Factor is >= 1 and <= 10, "factor", "1 to 10.");
        Require(retry.Jitter is >= 0 and <= 1, "jitter", "0 to 1.");
        Require(retry.Delays is null || (retry.Delays.Count is >= 1 and <= 100 && retry.Delays.All(d => d >= TimeSpan.Zero && d <= TimeSpan.FromDays(30))),
            "delays", "1 to 100 durations of 00:00:00 to 30.00:00:00.");
        RequireCauses(retry.OnlyOn, "onlyOn");
        RequireCauses(retry.ExceptOn, "exceptOn");
        Require(retry.OnlyOn is null || retry.ExceptOn is null, "exceptOn", "give either onlyOn or exceptOn.");

        void RequireCauses(IReadOnlyList<string>? causes, string field) => Require(
            causes is null || (causes.Count is >= 1 and <= 20 && causes.All(cause => !string.IsNullOrWhiteSpace(cause) && cause.Length <= 200)),
            field, "1 to 20 names of 1 to 200 characters: of an exception's type like HttpRequestException, or timeLimit, or retry.");

        void Require(bool right, string field, string message)
        {
            if (!right)
            {
                errors.Add($"retry.{field}", $"{field}: {message}");
            }
        }
    }
}
