using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Rows of heartbeats and their calls over a plain connection, for what has to be quick.</summary>
internal static class HeartbeatRows
{
    private const string Columns = """
        id, key, name, tags, cadence, grace, max_run_time, token_hash, sealed_token, revision, state, since, reason, episode_id,
        last_beat_at, started_at, last_started_at, last_duration, expected_at, deadline_at
        """;

    /// <summary>The row of a token, locked.</summary>
    public const string OfTokenSql = $"SELECT {Columns} FROM heartbeats WHERE token_hash = $1 FOR UPDATE";

    /// <summary>Rows by their ids, in the order of the ids, locked; those that somebody else has in hand are left out.</summary>
    public const string LockSql = $"SELECT {Columns} FROM heartbeats WHERE id = ANY($1) AND deadline_at <= $2 ORDER BY id FOR UPDATE SKIP LOCKED";

    private const string UpdateSql = """
        UPDATE heartbeats SET state = $2, since = $3, reason = $4, episode_id = $5, last_beat_at = $6, started_at = $7, last_started_at = $8, last_duration = $9,
            expected_at = $10, deadline_at = $11 WHERE id = $1
        """;

    private const string BeatSql = """
        INSERT INTO heartbeat_beats (id, heartbeat_id, kind, at, exit_code, duration, from_address, body, is_cut) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    public static async Task<List<Heartbeat>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var row = await command.ExecuteReaderAsync(cancel);
        var read = new List<Heartbeat>();
        while (await row.ReadAsync(cancel))
        {
            read.Add(new Heartbeat
            {
                Id = row.GetGuid(0),
                Key = row.GetString(1),
                Name = row.GetString(2),
                Tags = row.GetFieldValue<string[]>(3),
                Cadence = CadenceJson.Read(row.GetString(4)),
                Grace = row.GetTimeSpan(5),
                MaxRunTime = Span(row, 6),
                TokenHash = row.GetFieldValue<byte[]>(7),
                SealedToken = row.GetString(8),
                Revision = row.GetInt32(9),
                State = Words<HeartbeatState>.Parse(row.GetString(10)),
                Since = row.GetFieldValue<DateTimeOffset>(11),
                Reason = row.IsDBNull(12) ? null : row.GetString(12),
                EpisodeId = row.IsDBNull(13) ? null : row.GetGuid(13),
                LastBeatAt = At(row, 14),
                StartedAt = At(row, 15),
                LastStartedAt = At(row, 16),
                LastDuration = Span(row, 17),
                ExpectedAt = At(row, 18),
                DeadlineAt = At(row, 19),
            });
        }

        return read;
    }

    /// <summary>Writes what calls and their absence change; what people set stays.</summary>
    public static async Task UpdateAsync(NpgsqlConnection connection, Heartbeat heartbeat, CancellationToken cancel)
    {
        await using var update = new NpgsqlCommand(UpdateSql, connection)
        {
            Parameters =
            {
                new() { Value = heartbeat.Id }, new() { Value = Words<HeartbeatState>.Of(heartbeat.State) }, new() { Value = heartbeat.Since },
                Of(heartbeat.Reason, NpgsqlDbType.Text), Of(heartbeat.EpisodeId, NpgsqlDbType.Uuid), Of(heartbeat.LastBeatAt, NpgsqlDbType.TimestampTz),
                Of(heartbeat.StartedAt, NpgsqlDbType.TimestampTz), Of(heartbeat.LastStartedAt, NpgsqlDbType.TimestampTz), Of(heartbeat.LastDuration, NpgsqlDbType.Interval),
                Of(heartbeat.ExpectedAt, NpgsqlDbType.TimestampTz), Of(heartbeat.DeadlineAt, NpgsqlDbType.TimestampTz),
            },
        };
        await update.ExecuteNonQueryAsync(cancel);
    }

    public static async Task WriteAsync(NpgsqlConnection connection, Guid heartbeat, NewBeat beat, TimeSpan? duration, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(BeatSql, connection);
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = Guid.CreateVersion7(beat.At) }, new() { Value = heartbeat }, new() { Value = Words<BeatKind>.Of(beat.Kind) }, new() { Value = beat.At },
            Of(beat.ExitCode, NpgsqlDbType.Integer), Of(duration, NpgsqlDbType.Interval), Of(beat.FromAddress, NpgsqlDbType.Text), Of(beat.Body, NpgsqlDbType.Text), new() { Value = beat.IsCut },
        });
        await insert.ExecuteNonQueryAsync(cancel);
    }

    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static TimeSpan? Span(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetTimeSpan(column);
}
