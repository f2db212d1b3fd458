using System.Text.Json.Nodes;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Schedules.Files;

/// <summary>What a schedule is to become, found right.</summary>
internal sealed record WantedSchedule(ScheduleInput Input, ReadSchedule Read);

/// <summary>Reads every document of a file and names everything that is wrong with any, not only the first.</summary>
internal sealed class ScheduleDocuments(ScheduleFile file, KindCatalog kinds, OptionSecrets secrets, FieldErrors errors)
{
    /// <summary>Messages after which the rest is only said to be there.</summary>
    private const int MostErrors = 200;

    /// <param name="stored">By key; a secret that is masked in the file stays as it is there.</param>
    /// <returns>The documents in the file's order; of no use when there are errors.</returns>
    public List<WantedSchedule> Read(IReadOnlyDictionary<string, Schedule> stored)
    {
        var wanted = new List<WantedSchedule>(file.Documents.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < file.Documents.Count; i++)
        {
            if (errors.Count > MostErrors)
            {
                errors.Add(ScheduleFile.List, $"There are more errors: reading ended at {ScheduleFile.List}[{i}].");
                break;
            }

            if (Read(i, stored) is { } read)
            {
                wanted.Add(read);
                if (!places.TryAdd(read.Read.Key, i))
                {
                    Blame(i, "key", $"key: {ScheduleFile.List}[{places[read.Read.Key]}] has the key '{read.Read.Key}' too.");
                }
            }
        }

        return wanted;
    }

    private WantedSchedule? Read(int place, IReadOnlyDictionary<string, Schedule> stored)
    {
        var before = errors.Count;
        var document = (JsonObject)file.Documents[place].DeepClone();
        var key = document["key"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        var unreadable = new FieldErrors();
        var input = Input(document, unreadable);
        var wrong = new FieldErrors();
        var read = input is null ? null : ScheduleReader.Read(input, key is null ? null : stored.GetValueOrDefault(key), kinds, secrets, wrong);
        if (input is { Key: null })
        {
            wrong.Add("key", "key is needed in a file: it says which schedule is meant.");
        }

        Blame(place, unreadable);
        Blame(place, wrong, except: unreadable);
        return errors.Count == before && input is not null && read is not null ? new WantedSchedule(input, read) : null;
    }

    /// <summary>The reader stops at the first field that it cannot read: without that one it tells the next.</summary>
    private static ScheduleInput? Input(JsonObject document, FieldErrors unreadable)
    {
        while (true)
        {
            var wrong = new FieldErrors();
            var input = JsonInput.Read<ScheduleInput>(document.ToJsonString(), ScheduleInput.Json, wrong);
            if (wrong.Count == 0)
            {
                return input;
            }

            unreadable.AddAll(wrong, "");
            if (wrong.Any(error => !JsonPath.Remove(document, error.Key)))
            {
                return null;
            }
        }
    }

    private void Blame(int place, FieldErrors wrong, FieldErrors? except = null)
    {
        foreach (var (field, messages) in wrong.Where(error => except is null || !except.Any(other => error.Key == other.Key || other.Key.StartsWith(error.Key + ".", StringComparison.Ordinal))))
        {
            foreach (var message in messages)
            {
                Blame(place, field, message);
            }
        }
    }

    /// <summary>Says what is wrong with a document, and where it stands.</summary>
    public void Blame(int place, string field, string message) =>
        errors.Add(field.Length == 0 ? $"{ScheduleFile.List}[{place}]" : $"{ScheduleFile.List}[{place}]{(field[0] == '[' ? "" : ".")}{field}", message + file.Place(place, field));
}
