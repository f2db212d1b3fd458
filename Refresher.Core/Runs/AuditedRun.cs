using System.Text.Json.Nodes;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Runs;

/// <summary>Runs as the audit keeps them: one entry for a request, however many it asks for.</summary>
internal static class AuditedRun
{
    public static AuditSubject Subject(Run run) => new("run", run.Id.ToString(), run.ScheduleKey ?? run.Kind);

    /// <param name="runs">At least one.</param>
    public static AuditSubject Subject(IReadOnlyList<NewRun> runs) => new("run", runs[0].Id.ToString(), runs.Count == 1 ? runs[0].Kind : $"{runs.Count} runs");

    /// <inheritdoc cref="Subject(IReadOnlyList{NewRun})"/>
    public static JsonObject Of(IReadOnlyList<NewRun> runs, KindCatalog kinds)
    {
        if (runs is [var run])
        {
            return new JsonObject { ["queue"] = run.Queue, ["priority"] = run.Priority, ["dueAt"] = run.DueAt.UtcDateTime, ["options"] = OptionsOf(run, kinds) };
        }

        var byKind = runs.GroupBy(one => one.Kind).Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count()));
        return new JsonObject { ["count"] = runs.Count, ["kinds"] = new JsonObject(byKind), ["last"] = runs[^1].Id };
    }

    /// <param name="kinds">Given when the run has options of its own; null when it has its schedule's.</param>
    public static JsonObject OfRunNow(NewRun run, KindCatalog? kinds)
    {
        var now = new JsonObject { ["run"] = run.Id };
        if (kinds is not null)
        {
            now["options"] = OptionsOf(run, kinds);
        }

        return now;
    }

    private static JsonNode? OptionsOf(NewRun run, KindCatalog kinds) => JsonNode.Parse(SecretOptions.Hide(kinds.Find(run.Kind), run.Options));
}
