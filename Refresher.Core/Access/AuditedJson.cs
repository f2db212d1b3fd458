using System.Text;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;
using Refresher.Core.Data;

namespace Refresher.Core.Access;

/// <summary>What an entry keeps of a state: of a change only what differs, and never more than <see cref="MostBytes"/>.</summary>
internal static class AuditedJson
{
    /// <summary>Bytes of UTF-8 that one side of an entry may have.</summary>
    public const int MostBytes = 16 * 1024;

    /// <summary>Characters that a text in it may have, and items a list.</summary>
    private const int MostCharacters = 1000;
    private const int MostItems = 50;

    /// <summary>Takes the members out of both that are the same in both, however deep they are.</summary>
    public static void KeepDifferences(JsonObject before, JsonObject after)
    {
        foreach (var name in before.Select(member => member.Key).ToArray())
        {
            if (!after.TryGetPropertyValue(name, out var now))
            {
                continue;
            }

            var was = before[name];
            if (was is JsonObject deepWas && now is JsonObject deepNow)
            {
                KeepDifferences(deepWas, deepNow);
            }

            if (JsonNode.DeepEquals(was, now))
            {
                before.Remove(name);
                after.Remove(name);
            }
        }
    }

    /// <summary>As it is stored; null for nothing.</summary>
    public static string? Write(JsonObject? state)
    {
        if (state is not { Count: > 0 })
        {
            return null;
        }

        Cut(state);
        var json = StoredText.CleanJson(state.ToJsonString(KindOptions.Json));
        return Encoding.UTF8.GetByteCount(json) <= MostBytes ? json : new JsonObject { ["cut"] = $"More than {MostBytes / 1024} KiB: {string.Join(", ", state.Select(member => member.Key).Take(MostItems))}" }.ToJsonString();
    }

    private static void Cut(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    if (IsLong(value, out var text))
                    {
                        members[name] = StoredText.Clean(text, MostCharacters);
                    }

                    Cut(members[name]);
                }

                break;
            case JsonArray items:
                while (items.Count > MostItems)
                {
                    items.RemoveAt(items.Count - 1);
                }

                for (var i = 0; i < items.Count; i++)
                {
                    if (IsLong(items[i], out var text))
                    {
                        items[i] = StoredText.Clean(text, MostCharacters);
                    }

                    Cut(items[i]);
                }

                break;
        }
    }

    private static bool IsLong(JsonNode? node, out string text)
    {
        text = node is JsonValue value && value.TryGetValue(out string? found) ? found : "";
        return text.Length > MostCharacters;
    }
}
