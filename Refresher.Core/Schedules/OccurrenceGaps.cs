using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules;

/// <summary>Writes stretches of occurrences that no run was made for, in the transaction that moves the next due time past them.</summary>
internal static class OccurrenceGaps
{
    private const string WriteSql = """
        INSERT INTO occurrence_gaps (schedule_id, from_at, to_at, count, reason) SELECT * FROM unnest($1, $2, $3, $4, $5)
        ON CONFLICT (schedule_id, from_at) DO UPDATE SET to_at = EXCLUDED.to_at, count = EXCLUDED.count
        """;

    // After an edit the look-ahead is prepared once more: what a stretch has already is not counted again.
    private const string GrowSql = """
        WITH n AS (SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS n(schedule_id, from_at, to_at, count, reason, before_at)),
        grown AS (
            UPDATE occurrence_gaps g SET to_at = GREATEST(g.to_at, n.to_at), count = g.count + CASE WHEN g.to_at >= n.to_at THEN 0 ELSE n.count END
            FROM n WHERE g.schedule_id = n.schedule_id AND g.reason = n.reason AND g.to_at >= n.before_at AND g.from_at <= n.from_at
              AND g.from_at = (SELECT max(from_at) FROM occurrence_gaps l WHERE l.schedule_id = n.schedule_id)
            RETURNING g.schedule_id, n.from_at)
        INSERT INTO occurrence_gaps (schedule_id, from_at, to_at, count, reason)
        SELECT schedule_id, from_at, to_at, count, reason FROM n WHERE (schedule_id, from_at) NOT IN (SELECT schedule_id, from_at FROM grown)
        ON CONFLICT (schedule_id, from_at) DO UPDATE SET to_at = EXCLUDED.to_at, count = EXCLUDED.count, reason = EXCLUDED.reason
        """;

    /// <summary>Writes stretches that are complete.</summary>
    public static Task WriteAsync(NpgsqlConnection connection, OccurrenceGap[] gaps, CancellationToken cancel) =>
        gaps.Length == 0 ? Task.CompletedTask : ExecuteAsync(connection, WriteSql, gaps, [], cancel);

    /// <summary>Writes stretches that go on: each makes the one before it longer where they touch and have the same reason.</summary>
    public static Task GrowAsync(NpgsqlConnection connection, FoldedGap[] folded, CancellationToken cancel)
    {
        var before = new NpgsqlParameter { Value = Array.ConvertAll(folded, fold => fold.Before), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
        return folded.Length == 0 ? Task.CompletedTask : ExecuteAsync(connection, GrowSql, Array.ConvertAll(folded, fold => fold.Gap), [before], cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, OccurrenceGap[] gaps, NpgsqlParameter[] more, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(gaps, gap => gap.ScheduleId) },
                new() { Value = Array.ConvertAll(gaps, gap => gap.FromAt) },
                new() { Value = Array.ConvertAll(gaps, gap => gap.ToAt) },
                new() { Value = Array.ConvertAll(gaps, gap => gap.Count) },
                new() { Value = Array.ConvertAll(gaps, gap => gap.Reason) },
            },
        };
        command.Parameters.AddRange(more);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
