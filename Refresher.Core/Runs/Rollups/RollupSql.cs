using System.Globalization;

namespace Refresher.Core.Runs.Rollups;

/// <summary>The statements that count runs; the same for what is kept and for what is counted when somebody looks.</summary>
internal static class RollupSql
{
    public const string Columns =
        "bucket, succeeded, failed, cancelled, expired, skipped, unfinished, late_count, late_sum, late_max, late_histogram, ran_count, ran_sum, ran_max, ran_histogram";

    /// <summary>Hours of the runs from $1 to before $2, by kind and by schedule.</summary>
    public static readonly string InsertHours = $"""
        INSERT INTO run_rollups (step, kind, schedule_id, {Columns})
        SELECT 'hour', kind, COALESCE(schedule_id, '{Guid.Empty}'), {Counted} FROM ({Placed("")}) AS placed
        GROUP BY GROUPING SETS ((bucket, kind), (bucket, kind, schedule_id)) HAVING GROUPING(schedule_id) = 1 OR schedule_id IS NOT NULL
        """;

    /// <summary>A day from its hours, which lie from $1 to before $2.</summary>
    public static readonly string InsertDay = $"""
        INSERT INTO run_rollups (step, kind, schedule_id, {Columns})
        SELECT 'day', kind, schedule_id, $1, sum(succeeded)::int, sum(failed)::int, sum(cancelled)::int, sum(expired)::int, sum(skipped)::int, sum(unfinished)::int,
               sum(late_count)::int, sum(late_sum), max(late_max), {Steps("sum(late_histogram[{1}])::int")},
               sum(ran_count)::int, sum(ran_sum), max(ran_max), {Steps("sum(ran_histogram[{1}])::int")}
        FROM run_rollups WHERE step = 'hour' AND bucket >= $1 AND bucket < $2 GROUP BY kind, schedule_id
        """;

    /// <summary>Hours of the runs from $1 to before $2, of the kind $3 and the schedule $4, where these are not null. Runs whose time is to come are left out.</summary>
    public static readonly string Live = $"""
        SELECT {Counted} FROM ({Placed("AND ($3::text IS NULL OR kind = $3) AND ($4::uuid IS NULL OR schedule_id = $4) AND state <> 'scheduled'")}) AS placed GROUP BY bucket
        """;

    /// <summary>What is kept of the step $1 from $2 to before $3, of the kind $4 where it is not null, and of the schedule $5, which is empty for all.</summary>
    public const string Kept = $"SELECT {Columns} FROM run_rollups WHERE schedule_id = $5 AND step = $1 AND bucket >= $2 AND bucket < $3 AND ($4::text IS NULL OR kind = $4)";

    private static string Counted =>
        $"""
        bucket, {State("succeeded")}, {State("failed")}, {State("cancelled")}, {State("expired")}, {State("skipped")}, (count(*) FILTER (WHERE finished_at IS NULL AND state <> 'skipped'))::int,
        count(late)::int, COALESCE(sum(late), 0), COALESCE(max(late), 0), {Steps("(count(*) FILTER (WHERE late_at = {0}))::int")},
        count(ran)::int, COALESCE(sum(ran), 0), COALESCE(max(ran), 0), {Steps("(count(*) FILTER (WHERE ran_at = {0}))::int")}
        """;

    private static string Bounds => "ARRAY[" + string.Join(", ", DurationSteps.Bounds.Select(bound => bound.ToString(CultureInfo.InvariantCulture))) + "]::float8[]";

    private static string Placed(string where) =>
        $"""
        SELECT *, width_bucket(late, {Bounds}) AS late_at, width_bucket(ran, {Bounds}) AS ran_at FROM (
            SELECT date_trunc('hour', due_at, 'UTC') AS bucket, kind, schedule_id, state, finished_at,
                   CASE WHEN trigger = 'cadence' AND started_at IS NOT NULL THEN GREATEST(0, extract(epoch FROM started_at - due_at)::float8 - blocked) END AS late,
                   CASE WHEN started_at IS NOT NULL AND finished_at IS NOT NULL THEN GREATEST(0, extract(epoch FROM finished_at - started_at)::float8) END AS ran
            FROM runs WHERE id >= $1 AND id < $2 {where}) AS seen
        """;

    private static string State(string word) => $"(count(*) FILTER (WHERE state = '{word}'))::int";

    /// <summary>An array with one element for each step of the histograms: {0} is its place from 0, {1} from 1.</summary>
    private static string Steps(string element) => "ARRAY[" + string.Join(", ", Enumerable.Range(0, DurationSteps.Bounds.Length + 1)
        .Select(i => string.Format(CultureInfo.InvariantCulture, element, i, i + 1))) + "]";
}
