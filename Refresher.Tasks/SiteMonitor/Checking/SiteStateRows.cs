using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Reads and writes the states of a batch of sites over a connection, in its transaction.</summary>
internal static class SiteStateRows
{
    private static readonly Column[] Columns =
    [
        new("verdict", NpgsqlDbType.Text, s => Words<Verdict>.Of(s.Verdict), (s, row, i) => s.Verdict = Words<Verdict>.Parse(row.GetString(i))),
        Instant("since", s => s.Since, (s, v) => s.Since = v!.Value),
        Instant("blind_since", s => s.BlindSince, (s, v) => s.BlindSince = v),
        Instant("paused_at", s => s.PausedAt, (s, v) => s.PausedAt = v),
        Instant("next_check_at", s => s.NextCheckAt, (s, v) => s.NextCheckAt = v),
        Id("claim_id", s => s.ClaimId, (s, v) => s.ClaimId = v),
        Id("claimed_by", s => s.ClaimedBy, (s, v) => s.ClaimedBy = v),
        Word<CheckStatus>("row_status", s => s.RowStatus, (s, v) => s.RowStatus = v),
        new("row_count", NpgsqlDbType.Integer, s => s.RowCount, (s, row, i) => s.RowCount = row.GetInt32(i)),
        Instant("row_since", s => s.RowSince, (s, v) => s.RowSince = v),
        new("answers", NpgsqlDbType.Integer, s => s.Answers, (s, row, i) => s.Answers = row.GetInt32(i)),
        Instant("answers_since", s => s.AnswersSince, (s, v) => s.AnswersSince = v),
        Id("incident_id", s => s.IncidentId, (s, v) => s.IncidentId = v),
        Instant("incident_since", s => s.IncidentSince, (s, v) => s.IncidentSince = v),
        Id("degraded_id", s => s.DegradedId, (s, v) => s.DegradedId = v),
        Instant("degraded_since", s => s.DegradedSince, (s, v) => s.DegradedSince = v),
        Instant("certificate_expires_at", s => s.CertificateExpiresAt, (s, v) => s.CertificateExpiresAt = v),
        Id("certificate_id", s => s.CertificateId, (s, v) => s.CertificateId = v),
        Instant("certificate_since", s => s.CertificateSince, (s, v) => s.CertificateSince = v),
        Instant("certificate_told_for", s => s.CertificateToldFor, (s, v) => s.CertificateToldFor = v),
        Instant("last_checked_at", s => s.LastCheckedAt, (s, v) => s.LastCheckedAt = v),
        Id("last_check_id", s => s.LastCheckId, (s, v) => s.LastCheckId = v),
        Word<CheckStatus>("last_status", s => s.LastStatus, (s, v) => s.LastStatus = v),
        Word<CheckFault>("last_fault", s => s.LastFault, (s, v) => s.LastFault = v),
        new("last_error", NpgsqlDbType.Text, s => s.LastError, (s, row, i) => s.LastError = row.IsDBNull(i) ? null : row.GetString(i)),
        new("last_status_code", NpgsqlDbType.Integer, s => s.LastStatusCode, (s, row, i) => s.LastStatusCode = row.IsDBNull(i) ? null : row.GetInt32(i)),
        new("last_total_ms", NpgsqlDbType.Double, s => s.LastTotalMs, (s, row, i) => s.LastTotalMs = row.IsDBNull(i) ? null : row.GetDouble(i)),
        Instant("stale_at", s => s.StaleAt, (s, v) => s.StaleAt = v!.Value),
        new("slowed", NpgsqlDbType.Boolean, s => s.Slowed, (s, row, i) => s.Slowed = row.GetBoolean(i)),
    ];

    // In the order of the ids, as everybody does who locks several.
    private static readonly string LockSql = $"SELECT site_id, {string.Join(", ", Columns.Select(column => column.Name))} FROM site_states WHERE site_id = ANY($1) ORDER BY site_id FOR UPDATE";

    private static readonly string WriteSql = $"""
        UPDATE site_states t SET {string.Join(", ", Columns.Select(column => $"{column.Name} = n.{column.Name}"))}
        FROM unnest($1, {string.Join(", ", Columns.Select((_, i) => $"${i + 2}"))}) AS n(site_id, {string.Join(", ", Columns.Select(column => column.Name))})
        WHERE t.site_id = n.site_id AND t.site_id = ANY($1)
        """;

    /// <summary>Locks the states of some sites until the transaction ends; those that are gone are left out.</summary>
    public static async Task<Dictionary<Guid, SiteState>> LockAsync(NpgsqlConnection connection, Guid[] sites, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(IndexPlans.Sql), new(LockSql) { Parameters = { new() { Value = sites } } } } };
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        var states = new Dictionary<Guid, SiteState>(sites.Length);
        while (await row.ReadAsync(cancel))
        {
            var state = new SiteState { SiteId = row.GetGuid(0) };
            for (var i = 0; i < Columns.Length; i++)
            {
                Columns[i].Read(state, row, i + 1);
            }

            states[state.SiteId] = state;
        }

        return states;
    }

    /// <summary>Writes states that are locked.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<SiteState> states, CancellationToken cancel)
    {
        if (states.Count == 0)
        {
            return;
        }

        await using var update = new NpgsqlCommand(WriteSql, connection);
        update.Parameters.Add(new NpgsqlParameter { Value = states.Select(state => state.SiteId).ToArray() });
        foreach (var column in Columns)
        {
            update.Parameters.Add(new NpgsqlParameter { Value = states.Select(column.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | column.Type });
        }

        await update.ExecuteNonQueryAsync(cancel);
    }

    private static Column Instant(string name, Func<SiteState, DateTimeOffset?> value, Action<SiteState, DateTimeOffset?> set) =>
        new(name, NpgsqlDbType.TimestampTz, s => value(s), (s, row, i) => set(s, row.IsDBNull(i) ? null : row.GetFieldValue<DateTimeOffset>(i)));

    private static Column Id(string name, Func<SiteState, Guid?> value, Action<SiteState, Guid?> set) =>
        new(name, NpgsqlDbType.Uuid, s => value(s), (s, row, i) => set(s, row.IsDBNull(i) ? null : row.GetGuid(i)));

    private static Column Word<T>(string name, Func<SiteState, T?> value, Action<SiteState, T?> set)
        where T : struct, Enum =>
        new(name, NpgsqlDbType.Text, s => value(s) is { } word ? Words<T>.Of(word) : null, (s, row, i) => set(s, row.IsDBNull(i) ? null : Words<T>.Parse(row.GetString(i))));

    private sealed record Column(string Name, NpgsqlDbType Type, Func<SiteState, object?> Value, Action<SiteState, NpgsqlDataReader, int> Read);
}
