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
    private static readonly string[] Texts = ["key", "name", "description", "owner", "queue", "misfire", "overlap", "onLost", "jitter", "misfireWindow", "expireAfter", "timeout"];
    private static readonly string[] Numbers = ["priority", "maxRuns"];
    private static readonly string[] Moments = ["startAt", "endAt"];
    private static readonly string[] RetryNumbers = ["maxAttempts", "factor", "jitter"];
    private static readonly string[] RetryTexts = ["delay", "maxDelay"];
    private static readonly string[] RetentionTexts = ["succeeded", "others"];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private ScheduleForm(KindDescriptor kind, OptionsForm options, CadenceForm cadence) => (Kind, Options, Cadence) = (kind, options, cadence);

    public KindDescriptor Kind { get; }

    public OptionsForm Options { get; }

    public CadenceForm Cadence { get; }

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
        var form = new ScheduleForm(kind, OptionsForm.From(kind, Json(schedule.Options)), CadenceForm.From(schedule.Cadence));
        foreach (var (field, value) in ValuesOf(schedule))
        {
            form._texts[field] = TextOf(value);
        }

        return form;
    }

    /// <param name="stored">What is edited; null for something new.</param>
    public static ScheduleForm Sent(KindDescriptor kind, IFormCollection sent, Schedule? stored)
    {
        var form = new ScheduleForm(kind, OptionsForm.Sent(kind, sent, stored?.Kind == kind.Name ? Json(stored.Options) : []), CadenceForm.Sent(sent));
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
            ["tags"] = List("tags"),
            ["calendars"] = List("calendars"),
        };
        Add(json, Texts, "", text => text);
        Add(json, Numbers, "", Number);
        Add(json, Moments, "", text => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var utc) ? utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : text);
        if (this["retry.maxAttempts"].Length > 0)
        {
            var retry = new JsonObject();
            Add(retry, RetryNumbers, "retry.", Number);
            Add(retry, RetryTexts, "retry.", text => text);
            json["retry"] = retry;
        }

        if (RetentionTexts.Any(field => this["retention." + field].Length > 0))
        {
            var retention = new JsonObject();
            Add(retention, RetentionTexts, "retention.", text => text);
            json["retention"] = retention;
        }

        return json;
    }

    private JsonArray List(string field) =>
        new([.. this[field].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item => JsonValue.Create(item))]);

    private void Add(JsonObject json, string[] fields, string prefix, Func<string, JsonNode?> node)
    {
        foreach (var field in fields.Where(field => this[prefix + field].Length > 0))
        {
            json[field] = node(this[prefix + field]);
        }
    }

    private static bool Remove(JsonObject json, ReadOnlySpan<string> path) =>
        path is [var name] ? json.Remove(name) : json[path[0]] is JsonObject inner && Remove(inner, path[1..]);

    private static JsonNode? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : text;

    private static JsonObject Json(string options) => JsonNode.Parse(options) as JsonObject ?? [];

    private static IEnumerable<(string Field, object? Value)> ValuesOf(Schedule s) =>
    [
        ("key", s.Key), ("name", s.Name), ("description", s.Description), ("owner", s.Owner), ("tags", string.Join(", ", s.Tags)), ("calendars", string.Join(",", s.Calendars)), ("enabled", s.Enabled),
        ("queue", s.Queue), ("priority", s.Priority), ("startAt", s.StartAt), ("endAt", s.EndAt), ("maxRuns", s.MaxRuns), ("jitter", s.Jitter),
        ("misfire", s.Misfire), ("misfireWindow", s.MisfireWindow), ("overlap", s.Overlap), ("onLost", s.OnLost), ("expireAfter", s.ExpireAfter), ("timeout", s.Timeout),
        ("retry.maxAttempts", s.Retry?.MaxAttempts), ("retry.delay", s.Retry?.Delay), ("retry.factor", s.Retry?.Factor), ("retry.maxDelay", s.Retry?.MaxDelay), ("retry.jitter", s.Retry?.Jitter),
        ("retention.succeeded", s.KeepSucceeded), ("retention.others", s.KeepOthers),
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
