using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Outbox;

namespace Refresher.Core.Watch;

/// <summary>
/// Begins and ends conditions, each once however many processes see it, and gives the events that tell of it, to be appended to the outbox in the
/// same transaction. Rows are taken in the order of their subjects.
/// </summary>
internal static class OpenConditions
{
    // What is there already is only counted on where the condition is counted: else it returns nothing, and nothing is told again.
    private const string BeginSql = """
        INSERT INTO open_conditions AS o (condition, subject_id, episode_id, subject_name, tags, path, since, last_at, count, reason)
        SELECT $1, n.subject_id, n.episode_id, n.name, n.tags::jsonb, n.path, n.at, n.at, n.count, n.reason
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9) AS n(subject_id, episode_id, name, tags, path, at, count, reason)
        ON CONFLICT (condition, subject_id) DO UPDATE SET last_at = GREATEST(o.last_at, EXCLUDED.last_at), count = o.count + EXCLUDED.count, reason = EXCLUDED.reason, path = EXCLUDED.path
        WHERE $10
        RETURNING subject_id, episode_id, since, count
        """;

    private const string EndSql = """
        DELETE FROM open_conditions WHERE condition = $1 AND subject_id = ANY($2) AND last_at <= $3
        RETURNING subject_id, episode_id, since, count, subject_name, tags, path
        """;

    /// <summary>They are in trouble, each subject at most once.</summary>
    /// <param name="counted">True: what is open already grows worse, and is told anew with its count.</param>
    /// <returns>What is to be told, with the count that each has now.</returns>
    public static async Task<IReadOnlyList<(string Subject, int Count, NewEvent Event)>> BeginAsync(
        NpgsqlConnection connection, string condition, IReadOnlyCollection<Trouble> troubles, bool counted, CancellationToken cancel)
    {
        if (troubles.Count == 0)
        {
            return [];
        }

        var ordered = troubles.OrderBy(trouble => trouble.Subject.Id, StringComparer.Ordinal).ToArray();
        await using var begin = new NpgsqlCommand(BeginSql, connection)
        {
            Parameters =
            {
                new() { Value = condition },
                Column(ordered, NpgsqlDbType.Text, t => t.Subject.Id),
                Column(ordered, NpgsqlDbType.Uuid, t => Guid.CreateVersion7(t.At)),
                Column(ordered, NpgsqlDbType.Text, t => StoredText.Clean(t.Subject.Name, 200)),
                Column(ordered, NpgsqlDbType.Text, t => JsonSerializer.Serialize(t.Subject.Tags)),
                Column(ordered, NpgsqlDbType.Text, t => t.Path),
                Column(ordered, NpgsqlDbType.TimestampTz, t => t.At),
                Column(ordered, NpgsqlDbType.Integer, t => t.Count),
                Column(ordered, NpgsqlDbType.Text, t => t.Reason is null ? null : StoredText.Clean(t.Reason, PlatformDefaults.ReasonLimit)),
                new() { Value = counted },
            },
        };
        var bySubject = ordered.ToDictionary(trouble => trouble.Subject.Id, StringComparer.Ordinal);
        var told = new List<(string, int, NewEvent)>();
        await using var row = await begin.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var (trouble, count) = (bySubject[row.GetString(0)], row.GetInt32(3));
            told.Add((trouble.Subject.Id, count, Tell(new StateChange
            {
                EpisodeId = row.GetGuid(1),
                Condition = condition,
                Active = true,
                SubjectId = trouble.Subject.Id,
                SubjectName = trouble.Subject.Name,
                Tags = trouble.Subject.Tags,
                At = trouble.At,
                Since = row.GetFieldValue<DateTimeOffset>(2),
                Reason = trouble.Reason is null ? null : StoredText.Clean(trouble.Reason, PlatformDefaults.ReasonLimit),
                Count = count,
                Path = trouble.Path,
                Facts = trouble.Facts,
            })));
        }

        return told;
    }

    /// <summary>It is over for these subjects, where it was open and has not been seen since <paramref name="at"/>.</summary>
    /// <param name="path">Page that shows why it is over; null: the one it had.</param>
    /// <returns>What is to be told.</returns>
    public static async Task<IReadOnlyList<NewEvent>> EndAsync(
        NpgsqlConnection connection, string condition, IReadOnlyCollection<string> subjects, DateTimeOffset at, string? reason, CancellationToken cancel, string? path = null)
    {
        if (subjects.Count == 0)
        {
            return [];
        }

        await using var end = new NpgsqlCommand(EndSql, connection) { Parameters = { new() { Value = condition }, new() { Value = subjects.ToArray() }, new() { Value = at } } };
        var told = new List<NewEvent>();
        await using var row = await end.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            told.Add(Tell(new StateChange
            {
                EpisodeId = row.GetGuid(1),
                Condition = condition,
                Active = false,
                SubjectId = row.GetString(0),
                SubjectName = row.GetString(4),
                Tags = JsonSerializer.Deserialize<string[]>(row.GetString(5)) ?? [],
                At = at,
                Since = row.GetFieldValue<DateTimeOffset>(2),
                Count = row.GetInt32(3),
                Reason = reason,
                Path = path ?? (row.IsDBNull(6) ? null : row.GetString(6)),
            }));
        }

        return told;
    }

    /// <summary>Subjects for which a condition is open, at most <paramref name="most"/>, in their order.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(NpgsqlConnection connection, string condition, int most, CancellationToken cancel)
    {
        await using var list = new NpgsqlCommand("SELECT subject_id FROM open_conditions WHERE condition = $1 ORDER BY 1 LIMIT $2", connection) { Parameters = { new() { Value = condition }, new() { Value = most } } };
        await using var row = await list.ExecuteReaderAsync(cancel);
        var subjects = new List<string>();
        while (await row.ReadAsync(cancel))
        {
            subjects.Add(row.GetString(0));
        }

        return subjects;
    }

    private static NewEvent Tell(StateChange change) => NewEvent.Of(Topics.Runs, StateChange.EventType, change.SubjectId, change, AlertJson.Default.StateChange);

    private static NpgsqlParameter Column<T>(Trouble[] troubles, NpgsqlDbType type, Func<Trouble, T> value) =>
        new() { Value = Array.ConvertAll(troubles, trouble => value(trouble)), NpgsqlDbType = NpgsqlDbType.Array | type };
}
