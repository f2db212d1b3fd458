using System.Text.Json.Nodes;
using Refresher.Core.Contract;

namespace Refresher.Core.Schedules.Files;

/// <summary>Compares two states of a schedule, each written as files have it, field by field.</summary>
internal static class ScheduleDifference
{
    /// <param name="before">With its secrets, as they are stored.</param>
    /// <param name="after">As <paramref name="before"/>; a secret that stays is stored the same.</param>
    /// <param name="kind">That of <paramref name="after"/>; its secrets are masked in the answer.</param>
    public static IReadOnlyList<FieldChange> Between(JsonObject before, JsonObject after, KindDescriptor? kind)
    {
        var isSameKind = JsonNode.DeepEquals(before["kind"], after["kind"]);
        var changes = new List<FieldChange>();
        foreach (var name in after.Select(member => member.Key).Union(before.Select(member => member.Key)).Where(name => !JsonNode.DeepEquals(before[name], after[name])))
        {
            if (name == "options")
            {
                changes.AddRange(Options(isSameKind ? before[name] as JsonObject : null, after[name] as JsonObject, kind?.Secrets ?? []));
            }
            else if ((before[name], after[name]) is (JsonObject old, JsonObject changed) && JsonNode.DeepEquals(old["type"], changed["type"]))
            {
                changes.AddRange(Members(name, old, changed));
            }
            else
            {
                changes.Add(new FieldChange(name, before[name]?.DeepClone(), after[name]?.DeepClone()));
            }
        }

        return changes;
    }

    private static IEnumerable<FieldChange> Options(JsonObject? before, JsonObject? after, IReadOnlyList<string> secrets)
    {
        foreach (var change in Members("options", before ?? [], after ?? []))
        {
            yield return secrets.Any(secret => change.Field == $"options.{secret}")
                ? change with { Before = Masked(change.Before), After = Masked(change.After) }
                : change;
        }
    }

    private static IEnumerable<FieldChange> Members(string field, JsonObject before, JsonObject after) => after
        .Select(member => member.Key).Union(before.Select(member => member.Key))
        .Where(name => !JsonNode.DeepEquals(before[name], after[name]))
        .Select(name => new FieldChange($"{field}.{name}", before[name]?.DeepClone(), after[name]?.DeepClone()));

    private static JsonValue? Masked(JsonNode? secret) => secret is null ? null : JsonValue.Create(SecretOptions.Mask);
}
