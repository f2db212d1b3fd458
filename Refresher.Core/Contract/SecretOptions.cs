using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Refresher.Core.Contract;

/// <summary>Options as they may leave the program: a secret shows only that it is set.</summary>
public static class SecretOptions
{
    /// <summary>Stands where a secret is. Sent back, it means "as it was".</summary>
    public const string Mask = "********";

    /// <summary>Masks what is secret in stored options.</summary>
    /// <param name="kind">Null when the program no longer has it: then nothing tells what is secret, and nothing is shown.</param>
    public static string Hide(KindDescriptor? kind, string options)
    {
        if (kind is null)
        {
            return "{}";
        }

        var secrets = NamesOf(kind);
        if (secrets.Length == 0 || JsonNode.Parse(options) is not JsonObject shown)
        {
            return options;
        }

        foreach (var name in secrets.Where(name => shown[name] is not null))
        {
            shown[name] = Mask;
        }

        return shown.ToJsonString(KindOptions.Json);
    }

    /// <summary>Secrets that are there in both and differ.</summary>
    public static IEnumerable<string> Changed(KindDescriptor? kind, string before, string after)
    {
        if (kind is null || NamesOf(kind) is not { Length: > 0 } secrets || JsonNode.Parse(before) is not JsonObject was || JsonNode.Parse(after) is not JsonObject now)
        {
            return [];
        }

        return secrets.Where(name => was[name] is not null && now[name] is not null && !JsonNode.DeepEquals(was[name], now[name]));
    }

    /// <summary>Puts the stored secrets back where options that were read masked are sent again.</summary>
    /// <param name="stored">The options as they are stored.</param>
    public static void Restore(KindDescriptor kind, JsonObject sent, string stored)
    {
        var secrets = NamesOf(kind).Where(name => sent[name] is JsonValue value && value.TryGetValue(out string? text) && text == Mask).ToArray();
        if (secrets.Length == 0)
        {
            return;
        }

        var before = JsonNode.Parse(stored) as JsonObject;
        foreach (var name in secrets)
        {
            sent[name] = before?[name]?.DeepClone();
        }
    }

    private static string[] NamesOf(KindDescriptor kind) => kind.OptionsType is not { } type ? [] :
        [.. type.GetProperties().Where(property => property.IsDefined(typeof(SecretAttribute))).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];
}
