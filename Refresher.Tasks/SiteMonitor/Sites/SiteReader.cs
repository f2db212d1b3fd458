using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Schedules;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>Checks a site's input field by field.</summary>
internal static class SiteReader
{
    private const int SpecLimit = 128 * 1024;

    private static readonly string[] ReadOnly = ["id", "state", "createdAt", "updatedAt", "version"];

    /// <summary>The input that makes a site what a document says; what is left out becomes the default.</summary>
    /// <returns>Null with at least one error.</returns>
    public static SiteInput? Replace(JsonObject sent, FieldErrors errors)
    {
        foreach (var name in ReadOnly)
        {
            sent.Remove(name);
        }

        return JsonInput.Read<SiteInput>(sent.ToJsonString(), ScheduleInput.Json, errors);
    }

    /// <summary>The input that changes in a site what a merge patch names.</summary>
    /// <inheritdoc cref="Replace" path="/returns"/>
    public static SiteInput? Patch(Site stored, JsonObject patch, FieldErrors errors)
    {
        var target = JsonSerializer.SerializeToNode(SiteInput.Of(stored), ScheduleInput.Json)!.AsObject();
        if (patch["check"]?["kind"] is { } kind && !JsonNode.DeepEquals(kind, target["check"]?["kind"]))
        {
            // What belongs to another kind of check has nothing in common with what is asked now.
            foreach (var part in new[] { "http", "dns" })
            {
                target["check"]!.AsObject().Remove(part);
            }
        }

        return Replace((JsonObject)MergePatch.Apply(target, patch)!, errors);
    }

    /// <summary>The spec of an input, sealed; null with at least one error when anything of the input is wrong.</summary>
    /// <param name="stored">What the input is to replace, whose secrets may be kept; null for something new.</param>
    public static CheckSpec? Read(SiteInput input, Site? stored, SiteSecrets secrets, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        CheckTexts(input, errors);
        var interval = input.Interval ?? SiteDefaults.Interval;
        if (interval.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            errors.Add("interval", "interval: a whole number of milliseconds.");
        }

        if (input.Recheck > interval)
        {
            errors.Add("recheck", $"recheck: at most the interval ({PlainJson.Write(interval)}).");
        }

        var plain = ReadSpec(input.Check, interval, errors) is { } sent ? secrets.Accept(sent, stored?.Spec, errors) : null;
        if (plain is not null)
        {
            CheckSpecRules.Check(plain, errors, "check");
        }

        return errors.Count == 0 && plain is not null ? secrets.Seal(plain, stored?.Spec) : null;
    }

    /// <summary>A key from a name: <c>Main page!</c> becomes <c>main-page</c>.</summary>
    public static string KeyOf(string name)
    {
        var key = new StringBuilder();
        foreach (var character in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                key.Append(character);
            }
            else if (key.Length > 0 && key[^1] != '-')
            {
                key.Append('-');
            }
        }

        var trimmed = key.ToString().Trim('-');
        return trimmed.Length == 0 ? "site" : trimmed[..Math.Min(trimmed.Length, 90)].Trim('-');
    }

    private static CheckSpec? ReadSpec(JsonElement? given, TimeSpan interval, FieldErrors errors)
    {
        if (given is not { ValueKind: JsonValueKind.Object } element)
        {
            errors.Add("check", "check is needed: an object like {\"kind\": \"http\", \"target\": \"https://example.org/\"}.");
            return null;
        }

        var json = element.GetRawText();
        if (json.Length > SpecLimit)
        {
            errors.Add("check", $"check: at most {SpecLimit / 1024} KiB.");
            return null;
        }

        if (!Has(element, "target"))
        {
            errors.Add("check.target", "target is needed: an address like https://example.org/, host:port for tcp, a name for dns.");
            return null;
        }

        var wrong = new FieldErrors();
        var spec = JsonInput.Read<CheckSpec>(json, ScheduleInput.Json, wrong);
        errors.AddAll(wrong, "check");
        if (spec is null)
        {
            return null;
        }

        if (!Has(element, "timeout") && spec.Timeout > interval)
        {
            return spec with { Timeout = interval };
        }

        if (spec.Timeout > interval)
        {
            errors.Add("check.timeout", $"timeout: at most the interval ({PlainJson.Write(interval)}), so that checks do not overlap.");
        }

        return spec;
    }

    private static bool Has(JsonElement element, string name) =>
        element.EnumerateObject().Any(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind != JsonValueKind.Null);

    /// <summary>PostgreSQL's text has no NUL.</summary>
    private static void CheckTexts(SiteInput input, FieldErrors errors)
    {
        foreach (var (field, text) in new[] { ("name", input.Name), ("group", input.Group), ("description", input.Description) })
        {
            if (text?.Contains('\0', StringComparison.Ordinal) is true)
            {
                errors.Add(field, $"{field}: the character NUL (\\u0000) cannot be stored.");
            }
        }

        if (input.Tags?.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > 50 || tag.Contains('\0', StringComparison.Ordinal)) is true)
        {
            errors.Add("tags", "tags: each 1 to 50 characters.");
        }
    }
}
