using System.Text.Json.Nodes;

namespace Refresher.Core.Schedules.Files;

/// <summary>How a file of schedules is written. YAML is only another writing of the same JSON.</summary>
public enum ScheduleFileFormat
{
    Yaml,
    Json,
}

/// <summary>A file of schedules: an object whose field <c>schedules</c> is a list of what <see cref="ScheduleInput"/> describes.</summary>
internal sealed class ScheduleFile
{
    public const string List = "schedules";

    /// <summary>Schedules of one file.</summary>
    public const int Most = 50_000;

    /// <summary>Characters of one file.</summary>
    public const int MostCharacters = 16 * 1024 * 1024;

    private readonly IReadOnlyDictionary<JsonNode, long> _lines;

    private ScheduleFile(IReadOnlyList<JsonObject> documents, IReadOnlyDictionary<JsonNode, long> lines) => (Documents, _lines) = (documents, lines);

    public IReadOnlyList<JsonObject> Documents { get; }

    /// <summary>Reads a file as far as the list goes; what stands in its documents is not looked at.</summary>
    /// <returns>Null with at least one error.</returns>
    public static ScheduleFile? Read(string text, ScheduleFileFormat format, FieldErrors errors)
    {
        if (text.Length > MostCharacters)
        {
            errors.Add("", $"The file has {text.Length} characters; at most {MostCharacters} are taken at once. Import it in parts.");
            return null;
        }

        IReadOnlyDictionary<JsonNode, long> lines;
        var root = format == ScheduleFileFormat.Yaml ? YamlReader.Read(text, errors, out lines) : JsonReader.Read(text, errors, out lines);
        return errors.Count > 0 ? null : root is JsonObject file ? Read(file, lines, errors) : Wrong("", "A file of schedules begins with `schedules:` and a list below it.", errors);
    }

    /// <summary>Words that lead a person to a field: the schedule's key, as far as it has one, and the line.</summary>
    public string Place(int document, string field)
    {
        string[] known =
        [
            .. Documents[document]["key"] is JsonValue value && value.TryGetValue(out string? key) && key.Length <= 100 ? [key] : Array.Empty<string>(),
            .. LineOf(document, field) is { } line ? [$"line {line}"] : Array.Empty<string>(),
        ];
        return known.Length == 0 ? "" : $" ({string.Join(", ", known)})";
    }

    private static ScheduleFile? Read(JsonObject file, IReadOnlyDictionary<JsonNode, long> lines, FieldErrors errors)
    {
        foreach (var (name, _) in file.Where(member => member.Key != List))
        {
            errors.Add(name, $"There is no such field. A file has one: {List}.");
        }

        if (file[List] is not JsonArray list)
        {
            return Wrong(List, $"{List} is needed: a list of schedules.", errors);
        }

        if (list.Count > Most)
        {
            return Wrong(List, $"{List}: {list.Count} schedules; at most {Most} are taken at once. Import them in parts.", errors);
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject)
            {
                errors.Add($"{List}[{i}]", "This must be an object: the fields of a schedule.");
            }
        }

        return errors.Count > 0 ? null : new ScheduleFile([.. list.Cast<JsonObject>()], lines);
    }

    private static ScheduleFile? Wrong(string field, string message, FieldErrors errors)
    {
        errors.Add(field, message);
        return null;
    }

    /// <summary>The line of the innermost thing on the way to a field that is there.</summary>
    private long? LineOf(int document, string field)
    {
        JsonNode at = Documents[document];
        foreach (var step in JsonPath.Steps(field))
        {
            var next = (at, step) switch
            {
                (JsonObject members, { Name: { } name }) => members[name],
                (JsonArray items, { Index: var index }) when index < items.Count => items[index],
                _ => null,
            };
            if (next is null)
            {
                break;
            }

            at = next;
        }

        return _lines.TryGetValue(at, out var line) ? line : null;
    }
}

/// <summary>A path as errors name it: <c>retry.delays[2]</c>, <c>options['odd name']</c>.</summary>
internal static class JsonPath
{
    /// <summary>A step: into a member when it has a name, else to a place in a list.</summary>
    public readonly record struct Step(string? Name, int Index);

    public static IReadOnlyList<Step> Steps(string path)
    {
        var steps = new List<Step>();
        for (var at = 0; at < path.Length;)
        {
            var inBrackets = path[at] == '[';
            at += inBrackets || path[at] == '.' ? 1 : 0;
            var end = inBrackets ? path.IndexOf(']', at) : path.AsSpan(at).IndexOfAny('.', '[') is >= 0 and var length ? at + length : path.Length;
            end = end < 0 ? path.Length : end;
            var word = path[at..end];
            steps.Add(inBrackets && int.TryParse(word, out var index) ? new Step(null, index) : new Step(word.Trim('\''), 0));
            at = inBrackets ? end + 1 : end;
        }

        return steps;
    }

    /// <summary>Takes away what a path leads to, or the list it leads into.</summary>
    /// <returns>False when there was nothing.</returns>
    public static bool Remove(JsonObject root, string path)
    {
        JsonNode? at = root;
        (JsonObject Owner, string Name)? last = null;
        foreach (var step in Steps(path).TakeWhile(step => step.Name is not null))
        {
            if (at is not JsonObject members || !members.ContainsKey(step.Name!))
            {
                break;
            }

            last = (members, step.Name!);
            at = members[step.Name!];
        }

        return last is { } found && found.Owner.Remove(found.Name);
    }
}
