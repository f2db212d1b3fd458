using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Files;

/// <summary>Schedules as a file has them: what differs from the defaults, in one order. Reading it back gives the same schedule.</summary>
internal sealed class WrittenSchedules(KindCatalog kinds)
{
    private static readonly JsonObject Defaults = DefaultsOf();
    private static readonly JsonObject RetryDefaults = (JsonObject)JsonSerializer.SerializeToNode(new RetryPolicy(), ScheduleInput.Json)!;

    private readonly Dictionary<string, JsonObject> _options = new(StringComparer.Ordinal);

    /// <param name="masked">False only for comparing: secrets are then as they are stored.</param>
    public JsonObject Of(Schedule schedule, bool masked = true)
    {
        var kind = kinds.Find(schedule.Kind);
        var options = masked ? SecretOptions.Hide(kind, schedule.Options) : schedule.Options;
        var whole = (JsonObject)JsonSerializer.SerializeToNode(ScheduleInput.Of(schedule), ScheduleInput.Json)!;
        var written = new JsonObject();
        foreach (var (name, value) in whole)
        {
            JsonNode? kept = name switch
            {
                "options" => Options(kind, (JsonObject)JsonNode.Parse(options)!),
                "retry" when value is JsonObject retry => Differing(retry, RetryDefaults),
                _ => JsonNode.DeepEquals(value, Defaults[name]) ? null : WithoutNulls(value),
            };
            if (kept is not null)
            {
                written[name] = kept;
            }
        }

        return written;
    }

    /// <summary>In the order of the options' record, which jsonb does not keep; null when all are the kind's defaults.</summary>
    private JsonObject? Options(KindDescriptor? kind, JsonObject options)
    {
        if (kind is null)
        {
            return options.Count > 0 ? options : null;
        }

        if (!_options.TryGetValue(kind.Name, out var defaults))
        {
            _options[kind.Name] = defaults = KindOptions.Defaults(kind);
        }

        var names = defaults.Select(member => member.Key).ToArray();
        var ordered = new JsonObject(options.OrderBy(member => Array.IndexOf(names, member.Key) is >= 0 and var place ? place : names.Length)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        var differing = Differing(ordered, defaults);
        return differing.Count > 0 ? differing : null;
    }

    private static JsonObject Differing(JsonObject given, JsonObject defaults) =>
        new(given.Where(member => !JsonNode.DeepEquals(member.Value, defaults[member.Key])).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static JsonNode? WithoutNulls(JsonNode? given) => given switch
    {
        JsonObject members => new JsonObject(members.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, WithoutNulls(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(WithoutNulls)]),
        _ => given?.DeepClone(),
    };

    /// <summary>What a schedule is of which nothing is said; what has to be said is left out.</summary>
    private static JsonObject DefaultsOf()
    {
        var nothing = new Schedule { Key = "", Name = "", Kind = "", Options = "{}", Cadence = new EveryCadence(EveryCadence.Shortest) };
        ScheduleCommands.Fill(nothing, new ScheduleInput { Name = "", Kind = "" }, new ReadSchedule("", nothing.Options, nothing.Cadence, null), default);
        var defaults = (JsonObject)JsonSerializer.SerializeToNode(ScheduleInput.Of(nothing), ScheduleInput.Json)!;
        foreach (var said in (string[])["key", "name", "kind", "cadence"])
        {
            defaults.Remove(said);
        }

        return defaults;
    }
}
