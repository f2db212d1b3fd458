using System.Text.Json.Nodes;

namespace Refresher.Core;

/// <summary>JSON Merge Patch (RFC 7396).</summary>
public static class MergePatch
{
    /// <summary>What a patch makes of a document (section 2): null takes a member away, an object is merged, everything else replaces.</summary>
    /// <param name="target">Changed, where it is an object.</param>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            var before = merged[name];
            merged.Remove(name);
            if (change is not null)
            {
                merged[name] = Apply(before, change);
            }
        }

        return merged;
    }
}
