using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Schedules;

/// <summary>A schedule as the audit keeps it: its own values, its secrets masked.</summary>
internal static class AuditedSchedule
{
    private const string ChangedSecret = SecretOptions.Mask + " (changed)";

    public static AuditSubject Subject(Schedule schedule) => new("schedule", schedule.Id.ToString(), schedule.Key);

    /// <param name="was">The options before a change, as they were stored, so that a changed secret can be told without showing it.</param>
    public static JsonObject Of(Schedule schedule, KindCatalog kinds, string? was = null)
    {
        var kind = kinds.Find(schedule.Kind);
        var document = JsonSerializer.SerializeToNode(ScheduleInput.Of(schedule), ScheduleInput.Json)!.AsObject();
        var options = JsonNode.Parse(SecretOptions.Hide(kind, schedule.Options));
        foreach (var name in was is null ? [] : SecretOptions.Changed(kind, was, schedule.Options))
        {
            options![name] = ChangedSecret;
        }

        document["options"] = options;
        foreach (var name in document.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            document.Remove(name);
        }

        return document;
    }
}
