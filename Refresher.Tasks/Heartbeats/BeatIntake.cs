using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>
/// Takes in calls. The usual one, a start or a success of what is well, is a single statement and takes no other lock than its own row's;
/// what changes for worse or for better is written with its event in one transaction.
/// </summary>
internal sealed class BeatIntake(NpgsqlDataSource database, OutboxWriter outbox, LiveSignals signals)
{
    /// <summary>Tokens remembered at most; past it they are learnt anew.</summary>
    private const int MostKnown = 20_000;

    private const string SuccessSql = """
        WITH heard AS (
            UPDATE heartbeats SET state = 'up', since = CASE WHEN state = 'new' THEN $4 ELSE since END, last_beat_at = $4,
                last_duration = CASE WHEN started_at IS NOT NULL THEN GREATEST('0'::interval, $4 - started_at) END, started_at = NULL, expected_at = $5, deadline_at = $6
            WHERE id = $1 AND revision = $2 AND state IN ('new', 'up', 'running') RETURNING id, last_duration)
        INSERT INTO heartbeat_beats (id, heartbeat_id, kind, at, exit_code, duration, from_address, body, is_cut)
        SELECT $3, id, 'success', $4, $7, last_duration, $8, $9, $10 FROM heard
        """;

    private const string StartSql = """
        WITH heard AS (
            UPDATE heartbeats SET state = 'running', since = CASE WHEN state = 'new' THEN $4 ELSE since END, started_at = $4, last_started_at = $4,
                expected_at = COALESCE(expected_at, $5), deadline_at = CASE WHEN max_run_time IS NOT NULL THEN $4 + max_run_time ELSE COALESCE(deadline_at, $6) END
            WHERE id = $1 AND revision = $2 AND state IN ('new', 'up', 'running') RETURNING id)
        INSERT INTO heartbeat_beats (id, heartbeat_id, kind, at, exit_code, from_address, body, is_cut)
        SELECT $3, id, 'start', $4, $7, $8, $9, $10 FROM heard
        """;

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <returns>The heartbeat's id; null when there is no such token.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer; nothing was kept.</exception>
    public async Task<Guid?> TakeAsync(string token, NewBeat beat, CancellationToken cancel)
    {
        var hash = BeatTokens.HashOf(token);
        var name = Convert.ToHexString(hash);
        var heard = _known.TryGetValue(name, out var known) && beat.Kind != BeatKind.Fail && await HearAsync(known, beat, cancel) ? known.Id : await DecideAsync(hash, name, beat, cancel);
        if (heard is { } id)
        {
            HeartbeatMetrics.Beats.Add(1, new KeyValuePair<string, object?>("kind", Words<BeatKind>.Of(beat.Kind)));

            // Pages are quicker with it and right without it; the caller waits for neither.
            _ = signals.PublishAsync([HeartbeatTopics.All, HeartbeatTopics.One(id)]);
        }

        return heard;
    }

    /// <returns>False when the heartbeat is not as it was known, or not well: then it has to be looked at.</returns>
    private async Task<bool> HearAsync(Known known, NewBeat beat, CancellationToken cancel)
    {
        var expected = HeartbeatExpectation.Next(known.Cadence, beat.At);
        await using var command = database.CreateCommand(beat.Kind == BeatKind.Success ? SuccessSql : StartSql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = known.Id }, new() { Value = known.Revision }, new() { Value = Guid.CreateVersion7(beat.At) }, new() { Value = beat.At },
            HeartbeatRows.Of(expected, NpgsqlDbType.TimestampTz), HeartbeatRows.Of(expected + known.Grace, NpgsqlDbType.TimestampTz),
            HeartbeatRows.Of(beat.ExitCode, NpgsqlDbType.Integer), HeartbeatRows.Of(beat.FromAddress, NpgsqlDbType.Text),
            HeartbeatRows.Of(beat.Body, NpgsqlDbType.Text), new() { Value = beat.IsCut },
        });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private async Task<Guid?> DecideAsync(byte[] hash, string name, NewBeat beat, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand(HeartbeatRows.OfTokenSql, connection) { Parameters = { new() { Value = hash } } };
        if (await HeartbeatRows.ReadAsync(find, cancel) is not [var heartbeat])
        {
            _known.TryRemove(name, out _);
            return null;
        }

        var change = Apply(heartbeat, beat, out var duration);
        await HeartbeatRows.UpdateAsync(connection, heartbeat, cancel);
        await HeartbeatRows.WriteAsync(connection, heartbeat.Id, beat, duration, cancel);
        if (change is not null)
        {
            await outbox.AppendAsync(connection, [change], cancel);
        }

        await transaction.CommitAsync(cancel);
        if (change is not null)
        {
            await outbox.TellAsync();
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[name] = new Known(heartbeat.Id, heartbeat.Revision, heartbeat.Cadence, heartbeat.Grace);
        return heartbeat.Id;
    }

    private static NewEvent? Apply(Heartbeat heartbeat, NewBeat beat, out TimeSpan? duration)
    {
        var (before, since) = (heartbeat.State, heartbeat.Since);
        duration = HeartbeatExpectation.Hear(heartbeat, beat);
        return heartbeat.State switch
        {
            HeartbeatState.Down when beat.Kind == BeatKind.Fail => HeartbeatChanges.Begin(heartbeat, HeartbeatExpectation.FailureOf(beat.ExitCode), beat.At),
            HeartbeatState.Up when before == HeartbeatState.Down => HeartbeatChanges.End(heartbeat, null, since, beat.At),
            _ => null,
        };
    }

    /// <summary>What a call's next one is reckoned with.</summary>
    private sealed record Known(Guid Id, int Revision, Cadence Cadence, TimeSpan Grace);
}
