using System.Text.Json;
using System.Text.Json.Nodes;

namespace Refresher.Core.Schedules;

/// <summary>
/// A schedule as a JSON document that is read, changed and sent back, whole or as a merge patch (RFC 7396). What only the program
/// sets may be sent along and is ignored, and a masked secret stays as it was.
/// </summary>
public static class ScheduleDocument
{
    private static readonly string[] ReadOnly = ["id", "cadenceText", "declared", "effective", "state", "createdAt", "updatedAt", "version"];

    /// <summary>The input that makes a schedule what <paramref name="sent"/> says; what is left out becomes the default.</summary>
    /// <returns>Null with at least one error.</returns>
    public static ScheduleInput? Replace(JsonObject sent, FieldErrors errors)
    {
        foreach (var name in ReadOnly)
        {
            sent.Remove(name);
        }

        return JsonInput.Read<ScheduleInput>(sent.ToJsonString(), ScheduleInput.Json, errors);
    }

    /// <summary>The input that changes in <paramref name="stored"/> what <paramref name="patch"/> names.</summary>
    /// <inheritdoc cref="Replace" path="/returns"/>
    public static ScheduleInput? Patch(Schedule stored, JsonObject patch, FieldErrors errors)
    {
        var target = JsonSerializer.SerializeToNode(ScheduleInput.Of(stored), ScheduleInput.Json)!.AsObject();

        // Options of another kind and fields of another type of cadence have nothing in common with what was there.
        if (KindOf(patch) is { } kind && kind != stored.Kind)
        {
            target.Remove("options");
        }

        if (patch["cadence"]?["type"] is { } type && !JsonNode.DeepEquals(type, target["cadence"]?["type"]))
        {
            target.Remove("cadence");
        }

        return Replace((JsonObject)MergePatch.Apply(target, patch)!, errors);
    }

    private static string? KindOf(JsonObject document) => document["kind"] is JsonValue value && value.TryGetValue(out string? kind) ? kind : null;
}
