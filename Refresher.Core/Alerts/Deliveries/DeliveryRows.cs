using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>Deliveries in SQL: written with what they tell of, claimed by one worker at a time, and ended.</summary>
internal static class DeliveryRows
{
    // Of one thread a channel has only the first that is not ended: a recovery is never told before what it recovers from.
    private const string ReadySql = """
        d.state = 'pending' AND d.ready_at <= @now AND (d.lease_until IS NULL OR d.lease_until <= @now)
        AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.thread = d.thread AND e.channel_id = d.channel_id AND e.place < d.place AND e.state = 'pending')
        """;

    // What waited a day for a channel that was switched off, or for one before it, is no news any more.
    private const string GiveUpSql = """
        UPDATE deliveries SET state = 'failed', finished_at = @now, lease_until = NULL, reason = 'It could not be sent within a day.'
        WHERE state = 'pending' AND give_up_at <= @now AND (lease_until IS NULL OR lease_until <= @now)
        """;

    /// <summary>Writes what is due for its channels. What a channel was told already is left out; for one that is switched off it is written as failed.</summary>
    /// <returns>How many are to be sent.</returns>
    public static async Task<int> AddAsync(NpgsqlConnection connection, IReadOnlyCollection<DueNotice> notices, DateTimeOffset now, CancellationToken cancel)
    {
        var added = 0;
        foreach (var notice in notices)
        {
            await using var command = new NpgsqlCommand("""
                INSERT INTO deliveries (id, change, thread, channel_id, channel_name, channel_kind, rule_id, notice, subject_id, title, message, state, attempts, ready_at, give_up_at, reason, created_at, finished_at)
                SELECT ids.id, @change, @thread, c.id, c.name, c.kind, @rule, @notice, @subject, @title, @message, CASE WHEN c.enabled THEN 'pending' ELSE 'failed' END, 0, @now, @giveup,
                    CASE WHEN c.enabled THEN NULL ELSE 'The channel is switched off.' END, @now, CASE WHEN c.enabled THEN NULL ELSE @now END
                FROM unnest(@ids, @channels) AS ids(id, channel) JOIN channels c ON c.id = ids.channel
                ON CONFLICT (change, channel_id) DO NOTHING RETURNING state
                """, connection)
            {
                Parameters =
                {
                    new("change", notice.Change), new("thread", notice.Thread), new("notice", Words<NoticeKind>.Of(notice.Message.Notice)), new("title", notice.Message.Title),
                    new("rule", NpgsqlDbType.Uuid) { Value = (object?)notice.Rule?.Id ?? DBNull.Value }, new("subject", NpgsqlDbType.Text) { Value = (object?)notice.Message.SubjectId ?? DBNull.Value },
                    new("message", NpgsqlDbType.Jsonb) { Value = notice.Message.ToJson() }, new("now", now), new("giveup", now + RetryPlan.Longest),
                    new("ids", notice.Channels.Select(_ => Guid.CreateVersion7(now)).ToArray()), new("channels", notice.Channels.ToArray()),
                },
            };
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                added += row.GetString(0) == "pending" ? 1 : 0;
            }
        }

        return added;
    }

    /// <summary>Channels for which something is ready to be sent, after what is too old has been given up; both in one round trip.</summary>
    public static async Task<List<Guid>> ReadyChannelsAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(GiveUpSql) { Parameters = { new("now", now) } });
        batch.BatchCommands.Add(new($"SELECT c.id FROM channels c WHERE c.enabled AND EXISTS (SELECT 1 FROM deliveries d WHERE d.channel_id = c.id AND {ReadySql})") { Parameters = { new("now", now) } });
        await using var row = await batch.ExecuteReaderAsync(cancel);
        var channels = new List<Guid>();
        while (await row.ReadAsync(cancel))
        {
            channels.Add(row.GetGuid(0));
        }

        return channels;
    }

    /// <summary>Takes the next delivery of a channel for some time. The attempt counts from here, whatever becomes of it.</summary>
    public static async Task<ClaimedDelivery?> ClaimAsync(NpgsqlDataSource database, Guid channel, DateTimeOffset now, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            UPDATE deliveries t SET attempts = t.attempts + 1, lease_until = @until FROM channels c
            WHERE c.id = t.channel_id AND t.id = (
                SELECT d.id FROM deliveries d JOIN channels o ON o.id = d.channel_id AND o.enabled WHERE d.channel_id = @channel AND {ReadySql} ORDER BY d.ready_at, d.place LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
            RETURNING t.id, t.thread, t.message, t.attempts, t.give_up_at, c.kind, c.settings
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new("channel", channel), new("now", now), new("until", now + lease) });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new ClaimedDelivery(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4), row.GetString(5), row.GetString(6))
            : null;
    }

    /// <summary>Records an attempt; only its own: one whose lease was taken over says nothing any more.</summary>
    /// <param name="nextAt">When to try again; null: it is ended.</param>
    public static async Task RecordAsync(NpgsqlDataSource database, ClaimedDelivery claimed, ChannelAnswer answer, DateTimeOffset now, DateTimeOffset? nextAt, string? reason, CancellationToken cancel)
    {
        var state = nextAt is not null ? DeliveryState.Pending : answer.Outcome == SendOutcome.Sent ? DeliveryState.Sent : DeliveryState.Failed;
        await using var command = database.CreateCommand("""
            UPDATE deliveries SET state = $3, lease_until = NULL, ready_at = COALESCE($4, ready_at), status = $5, answer = $6, reason = $7, finished_at = $8
            WHERE id = $1 AND attempts = $2 AND state = 'pending'
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = claimed.Id }, new() { Value = claimed.Attempts }, new() { Value = Words<DeliveryState>.Of(state) },
            new() { Value = (object?)nextAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = (object?)answer.Status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
            new() { Value = answer.Text }, new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = nextAt is null ? now : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Hands one back that was not sent: a worker that stops lets another one go on at once.</summary>
    public static async Task HandBackAsync(NpgsqlDataSource database, ClaimedDelivery claimed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("UPDATE deliveries SET lease_until = NULL, attempts = attempts - 1 WHERE id = $1 AND attempts = $2 AND state = 'pending'");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = claimed.Id }, new() { Value = claimed.Attempts } });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Gives up what waits for a channel.</summary>
    public static async Task GiveUpAsync(NpgsqlConnection connection, Guid channel, DateTimeOffset now, string reason, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("UPDATE deliveries SET state = 'failed', reason = $3, finished_at = $2, lease_until = NULL WHERE channel_id = $1 AND state = 'pending'", connection)
        {
            Parameters = { new() { Value = channel }, new() { Value = now }, new() { Value = reason } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>A delivery that this worker sends now.</summary>
/// <param name="Attempts">This one included; the fencing number of its record.</param>
internal sealed record ClaimedDelivery(Guid Id, string Thread, string Message, int Attempts, DateTimeOffset GiveUpAt, string Kind, string Settings);
