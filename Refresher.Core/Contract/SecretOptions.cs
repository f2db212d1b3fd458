using System.Text.Json.Nodes;

namespace Refresher.Core.Contract;

/// <summary>Options as they may leave the program: a secret shows only that it is set.</summary>
public static class SecretOptions
{
    /// <summary>Stands where a secret is. Sent back, it means "as it was".</summary>
    public const string Mask = "********";

    /// <summary>Masks what is secret in stored options.</summary>
    /// <param name="kind">Null when the program no longer has it: then nothing tells what is secret, and nothing is shown.</param>
    public static string Hide(OptionsShape? kind, string options)
    {
        if (kind is null)
        {
            return "{}";
        }

        if (kind.Secrets.Count == 0 || JsonNode.Parse(options) is not JsonObject shown)
        {
            return options;
        }

        foreach (var name in kind.Secrets.Where(name => shown[name] is not null))
        {
            shown[name] = Mask;
        }

        return shown.ToJsonString(KindOptions.Json);
    }

    /// <summary>Secrets that are there in both and differ.</summary>
    public static IEnumerable<string> Changed(OptionsShape? kind, string before, string after)
    {
        if (kind is null || JsonNode.Parse(before) is not JsonObject was || JsonNode.Parse(after) is not JsonObject now)
        {
            return [];
        }

        return kind.Secrets.Where(name => was[name] is not null && now[name] is not null && !JsonNode.DeepEquals(was[name], now[name]));
    }

    /// <summary>Leaves out what is secret, for whoever has to read options and not their secrets.</summary>
    public static JsonObject Without(OptionsShape kind, JsonObject options)
    {
        var rest = (JsonObject)options.DeepClone();
        foreach (var name in kind.Secrets)
        {
            rest.Remove(name);
        }

        return rest;
    }
}
