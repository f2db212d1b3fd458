using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Data;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>Rules and alerts over a connection whose transaction is somebody else's: the consumer's, or the loop's.</summary>
internal static class AlertRows
{
    /// <summary>When an alert will have something to tell.</summary>
    public const string EarliestDueSql = "SELECT min(notice_at) FROM alert_episodes";

    private const string Columns = """
        id, rule_id, episode_id, condition, state, subject_id, subject_name, since, counts_from, changed_at, count, reason, path, facts, muted, recovered_at, told_at, reminders, over_told, notice_at
        """;

    /// <summary>One at a time decides about alerts: changes are few, and two that met could both tell.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('refresher.alerts', 7))", connection);
        await take.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<Dictionary<Guid, AlertRule>> RulesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT id, name, enabled, conditions, counted_conditions, tags, subjects, channels, after, times, reminder_every, recovery, quiet, effective_at FROM alert_rules", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rules = new Dictionary<Guid, AlertRule>();
        while (await row.ReadAsync(cancel))
        {
            rules.Add(row.GetGuid(0), new AlertRule
            {
                Id = row.GetGuid(0),
                Name = row.GetString(1),
                Enabled = row.GetBoolean(2),
                Conditions = row.GetFieldValue<string[]>(3),
                CountedConditions = row.GetFieldValue<string[]>(4),
                Tags = row.GetFieldValue<string[]>(5),
                Subjects = row.GetFieldValue<string[]>(6),
                Channels = row.GetFieldValue<Guid[]>(7),
                After = row.GetTimeSpan(8),
                Times = row.GetInt32(9),
                ReminderEvery = row.IsDBNull(10) ? null : row.GetTimeSpan(10),
                Recovery = row.GetBoolean(11),
                Quiet = row.IsDBNull(12) ? null : row.GetString(12),
                EffectiveAt = row.GetFieldValue<DateTimeOffset>(13),
            });
        }

        return rules;
    }

    /// <summary>The alerts of some episodes, locked.</summary>
    public static Task<List<Alert>> OfEpisodesAsync(NpgsqlConnection connection, Guid[] episodes, CancellationToken cancel) => ReadAsync(
        new NpgsqlCommand($"SELECT {Columns} FROM alert_episodes WHERE episode_id = ANY($1) ORDER BY id FOR UPDATE", connection) { Parameters = { new() { Value = episodes } } }, cancel);

    /// <summary>Alerts that have something to tell, the one that has waited longest first, locked.</summary>
    public static Task<List<Alert>> DueAsync(NpgsqlConnection connection, DateTimeOffset now, int most, CancellationToken cancel) => ReadAsync(
        new NpgsqlCommand($"SELECT {Columns} FROM alert_episodes WHERE notice_at <= $1 ORDER BY notice_at LIMIT $2 FOR UPDATE SKIP LOCKED", connection) { Parameters = { new() { Value = now }, new() { Value = most } } }, cancel);

    /// <summary>Writes alerts as they are now, new ones and old ones.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<Alert> alerts, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var alert in alerts)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
                INSERT INTO alert_episodes ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, subject_name = excluded.subject_name, counts_from = excluded.counts_from, changed_at = excluded.changed_at,
                    count = excluded.count, reason = excluded.reason, path = excluded.path, facts = excluded.facts, muted = excluded.muted, recovered_at = excluded.recovered_at,
                    told_at = excluded.told_at, reminders = excluded.reminders, over_told = excluded.over_told, notice_at = excluded.notice_at
                """)
            {
                Parameters =
                {
                    new() { Value = alert.Id }, new() { Value = alert.RuleId }, new() { Value = alert.EpisodeId }, new() { Value = alert.Condition },
                    new() { Value = Words<AlertState>.Of(alert.State) }, new() { Value = StoredText.Clean(alert.SubjectId, 200) }, new() { Value = StoredText.Clean(alert.SubjectName, 200) },
                    new() { Value = alert.Since }, new() { Value = alert.CountsFrom }, new() { Value = alert.ChangedAt }, new() { Value = alert.Count },
                    Text(alert.Reason is null ? null : StoredText.Clean(alert.Reason, PlatformDefaults.ReasonLimit)), Text(alert.Path is null ? null : StoredText.Clean(alert.Path, 500)),
                    new() { Value = (object?)alert.Facts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = alert.Muted }, Instant(alert.RecoveredAt), Instant(alert.ToldAt),
                    new() { Value = alert.Reminders }, new() { Value = alert.OverTold }, Instant(alert.NoticeAt),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A rule was edited: what it watches is looked at again at once.</summary>
    public static async Task LookAgainAsync(NpgsqlConnection connection, Guid rule, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("UPDATE alert_episodes SET notice_at = $2 WHERE rule_id = $1 AND state <> 'recovered'", connection) { Parameters = { new() { Value = rule }, new() { Value = now } } };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<List<Alert>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            var alerts = new List<Alert>();
            while (await row.ReadAsync(cancel))
            {
                alerts.Add(new Alert
                {
                    Id = row.GetGuid(0),
                    RuleId = row.GetGuid(1),
                    EpisodeId = row.GetGuid(2),
                    Condition = row.GetString(3),
                    State = Words<AlertState>.Parse(row.GetString(4)),
                    SubjectId = row.GetString(5),
                    SubjectName = row.GetString(6),
                    Since = row.GetFieldValue<DateTimeOffset>(7),
                    CountsFrom = row.GetFieldValue<DateTimeOffset>(8),
                    ChangedAt = row.GetFieldValue<DateTimeOffset>(9),
                    Count = row.GetInt32(10),
                    Reason = row.IsDBNull(11) ? null : row.GetString(11),
                    Path = row.IsDBNull(12) ? null : row.GetString(12),
                    Facts = row.IsDBNull(13) ? null : row.GetString(13),
                    Muted = row.GetBoolean(14),
                    RecoveredAt = row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15),
                    ToldAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
                    Reminders = row.GetInt32(17),
                    OverTold = row.GetBoolean(18),
                    NoticeAt = row.IsDBNull(19) ? null : row.GetFieldValue<DateTimeOffset>(19),
                });
            }

            return alerts;
        }
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Instant(DateTimeOffset? at) => new() { Value = (object?)at ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
