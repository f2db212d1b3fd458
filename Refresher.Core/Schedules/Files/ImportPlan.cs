using System.Text.Json.Nodes;

namespace Refresher.Core.Schedules.Files;

/// <summary>What an import does to one schedule.</summary>
public enum ImportAction
{
    Create,
    Update,

    /// <summary>It is so already; nothing of it is touched, its next due time included.</summary>
    Unchanged,
    Delete,
}

/// <summary>What an import does, or would do.</summary>
/// <param name="DryRun">True when nothing was done.</param>
/// <param name="Schedules">In the file's order; those to be deleted last.</param>
public sealed record ImportPlan(bool DryRun, IReadOnlyList<PlannedSchedule> Schedules)
{
    public int Count(ImportAction action) => Schedules.Count(schedule => schedule.Action == action);

    /// <summary><c>2 created, 1 changed, 40 unchanged</c>.</summary>
    public string InWords => string.Join(", ", new[]
    {
        (Count(ImportAction.Create), "created"), (Count(ImportAction.Update), "changed"), (Count(ImportAction.Delete), "deleted"), (Count(ImportAction.Unchanged), "unchanged"),
    }.Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}").DefaultIfEmpty("nothing to do"));
}

/// <summary>One schedule of an import.</summary>
/// <param name="CadenceText">When it is due from now on, in words; when it is deleted, until now.</param>
/// <param name="Enabled">Whether it will be enabled.</param>
/// <param name="Changes">What an update changes.</param>
public sealed record PlannedSchedule(string Key, string Name, ImportAction Action, string CadenceText, bool Enabled, IReadOnlyList<FieldChange> Changes);

/// <summary>A field whose value changes.</summary>
/// <param name="Field">Its path: <c>cadence.cron</c>.</param>
/// <param name="Before">Null: not said, so that the default holds. A secret is masked.</param>
/// <param name="After">As <paramref name="Before"/>.</param>
public sealed record FieldChange(string Field, JsonNode? Before, JsonNode? After);
