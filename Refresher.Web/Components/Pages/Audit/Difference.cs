using System.Text.Json.Nodes;
using Refresher.Core.Access;

namespace Refresher.Web.Components.Pages.Audit;

/// <summary>A field of an audit entry: what it was and what it is since; null where it was not there.</summary>
public sealed record Difference(string Field, string? Before, string? After)
{
    /// <summary>The fields of an entry, each by its path: <c>options.url</c>.</summary>
    public static IReadOnlyList<Difference> Of(AuditEntry entry)
    {
        var (before, after) = (FieldsOf(entry.Before), FieldsOf(entry.After));
        return [.. before.Keys.Union(after.Keys).Select(field => new Difference(field, before.GetValueOrDefault(field), after.GetValueOrDefault(field)))];
    }

    private static Dictionary<string, string> FieldsOf(string? json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is not null)
        {
            Add("", JsonNode.Parse(json), fields);
        }

        return fields;
    }

    private static void Add(string path, JsonNode? node, Dictionary<string, string> fields)
    {
        if (node is JsonObject { Count: > 0 } members)
        {
            foreach (var (name, value) in members)
            {
                Add(path.Length == 0 ? name : $"{path}.{name}", value, fields);
            }
        }
        else if (node is not null)
        {
            fields[path] = node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString();
        }
    }
}
