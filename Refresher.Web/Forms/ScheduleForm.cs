using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Web.Forms;

/// <summary>A schedule as the texts of its form. They become the same JSON that the Api takes, and Core says what is wrong with it.</summary>
public sealed class ScheduleForm
{
    /// <summary>Keys of schedules that are offered to choose from; any other can be written.</summary>
    public const int MostKeys = 500;

    private static readonly string[] Texts = ["key", "name", "description", "owner", "queue", "misfire", "overlap", "onLost", "jitter", "misfireWindow", "expireAfter", "timeout", "lateAfter", "longAfter", "concurrencyKey"];
    private static readonly string[] Numbers = ["priority", "maxRuns"];
    private static readonly string[] Moments = ["startAt", "endAt"];
    private static readonly string[] RetryNumbers = ["maxAttempts", "factor", "jitter"];
    private static readonly string[] RetryTexts = ["delay", "maxDelay"];
    private static readonly string[] RetryLists = ["delays", "onlyOn", "exceptOn"];
    private static readonly string[] RetentionTexts = ["succeeded", "others"];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private ScheduleForm(KindDescriptor kind, OptionsForm options, CadenceForm cadence) => (Kind, Options, Cadence) = (kind, options, cadence);

    public KindDescriptor Kind { get; }

    public OptionsForm Options { get; }

    public CadenceForm Cadence { get; }

    /// <summary>What follows its runs, without spare rows.</summary>
    public IReadOnlyList<FollowRow> Follows { get; private init; } = [];

    /// <summary>Text of a field; empty when it has none, which means the default.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    public bool Enabled => this["enabled"] == "true";

    public static ScheduleForm New(KindDescriptor kind)
    {
        var form = new ScheduleForm(kind, OptionsForm.From(kind, KindOptions.Defaults(kind)), new CadenceForm());
        form._texts["enabled"] = "true";
        return form;
    }

    public static ScheduleForm From(KindDescriptor kind, Schedule schedule)
    {
        var form = new ScheduleForm(kind, OptionsForm.From(kind, Json(schedule.Options)), CadenceForm.From(schedule.Cadence)) { Follows = FollowRows.Of(schedule.ContinueWith) };
        foreach (var (field, value) in ValuesOf(schedule))
        {
            form._texts[field] = TextOf(value);
        }

        return form;
    }

    /// <param name="stored">What is edited; null for something new.</param>
    public static ScheduleForm Sent(KindDescriptor kind, IFormCollection sent, Schedule? stored)
    {
        var form = new ScheduleForm(kind, OptionsForm.Sent(kind, sent, stored?.Kind == kind.Name ? Json(stored.Options) : []), CadenceForm.Sent(sent)) { Follows = FollowRows.Sent(sent) };
        foreach (var (field, text) in sent)
        {
            form._texts[field] = text.ToString().Trim().ReplaceLineEndings("\n");
        }

        return form;
    }

    /// <summary>Reads the form as Core takes it.</summary>
    /// <returns>Null with at least one error.</returns>
    public ScheduleInput? ToInput(FieldErrors errors)
    {
        var json = ToJson();
        if (json["retry"] is JsonObject retry && retry["maxAttempts"] is null)
        {
            errors.Add("retry.maxAttempts", "maxAttempts: with any other value for retries it has to be said, 1 to 100.");
        }

        while (true)
        {
            var wrong = new FieldErrors();
            var input = JsonInput.Read<ScheduleInput>(json.ToJsonString(), ScheduleInput.Json, wrong);
            if (wrong.Count == 0)
            {
                return errors.Count == 0 ? input : null;
            }

            foreach (var (field, messages) in wrong)
            {
                errors.Add(field, string.Join(' ', messages));
            }

            // The reader stops at the first field that it cannot read: without that one it tells the next.
            if (wrong.All(error => !Remove(json, error.Key.Split('.'))))
            {
                return null;
            }
        }
    }

    /// <summary>What the Api would be sent for this form; fields left empty are left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["kind"] = Kind.Name,
            ["options"] = Options.ToJson(),
            ["cadence"] = Cadence.ToJson(),
            ["enabled"] = Enabled,
            ["tags"] = List(this["tags"]),
            ["calendars"] = List(this["calendars"]),
        };
        Add(json, Texts, "", text => text);
        Add(json, Numbers, "", Number);
        Add(json, Moments, "", text => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var utc) ? utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : text);
        if (Follows.Count > 0)
        {
            json["continueWith"] = FollowRows.ToJson(Follows);
        }

        var (retry, retention) = (new JsonObject(), new JsonObject());
        Add(retry, RetryNumbers, "retry.", Number);
        Add(retry, RetryTexts, "retry.", text => text);
        Add(retry, RetryLists, "retry.", List);
        Add(retention, RetentionTexts, "retention.", text => text);
        foreach (var (name, part) in ((string, JsonObject)[])[("retry", retry), ("retention", retention)])
        {
            if (part.Count > 0)
            {
                json[name] = part;
            }
        }

        return json;
    }

    private void Add(JsonObject json, string[] fields, string prefix, Func<string, JsonNode?> node)
    {
        foreach (var field in fields.Where(field => this[prefix + field].Length > 0))
        {
            json[field] = node(this[prefix + field]);
        }
    }

    private static bool Remove(JsonObject json, ReadOnlySpan<string> path) =>
        path is [var name] ? json.Remove(name) : json[path[0]] is JsonObject inner && Remove(inner, path[1..]);

    /// <summary>What stands between commas.</summary>
    private static JsonArray List(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one => JsonValue.Create(one))];

    private static JsonNode? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : text;

    private static JsonObject Json(string options) => JsonNode.Parse(options) as JsonObject ?? [];

    private static IEnumerable<(string Field, object? Value)> ValuesOf(Schedule s) =>
    [
        ("key", s.Key), ("name", s.Name), ("description", s.Description), ("owner", s.Owner), ("tags", string.Join(", ", s.Tags)), ("calendars", string.Join(",", s.Calendars)), ("enabled", s.Enabled),
        ("queue", s.Queue), ("priority", s.Priority), ("startAt", s.StartAt), ("endAt", s.EndAt), ("maxRuns", s.MaxRuns), ("jitter", s.Jitter),
        ("misfire", s.Misfire), ("misfireWindow", s.MisfireWindow), ("overlap", s.Overlap), ("onLost", s.OnLost), ("expireAfter", s.ExpireAfter), ("timeout", s.Timeout), ("lateAfter", s.LateAfter), ("longAfter", s.LongAfter),
        ("retry.maxAttempts", s.Retry?.MaxAttempts), ("retry.delay", s.Retry?.Delay), ("retry.factor", s.Retry?.Factor), ("retry.maxDelay", s.Retry?.MaxDelay), ("retry.jitter", s.Retry?.Jitter),
        ("retry.delays", s.Retry?.Delays is { } delays ? string.Join(", ", delays.Select(wait => TextOf(wait))) : null),
        ("retry.onlyOn", s.Retry?.OnlyOn is { } only ? string.Join(", ", only) : null), ("retry.exceptOn", s.Retry?.ExceptOn is { } except ? string.Join(", ", except) : null),
        ("concurrencyKey", s.ConcurrencyKey), ("retention.succeeded", s.KeepSucceeded), ("retention.others", s.KeepOthers),
    ];

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        Enum word => JsonNamingPolicy.CamelCase.ConvertName(word.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
