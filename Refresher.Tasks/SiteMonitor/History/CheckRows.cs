using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>Writes checks and what they add to the counts: COPY into a temporary table, then one statement that counts what it has inserted.</summary>
internal static class CheckRows
{
    private const string Columns = """
        id, site_id, checked_at, written_at, status, in_maintenance, fault, error, status_code, dns_ms, connect_ms, tls_ms, first_byte_ms, transfer_ms, total_ms,
        bytes, address, certificate_expires_at, matched, body
        """;

    private const string PrepareSql = """
        CREATE TEMPORARY TABLE IF NOT EXISTS site_checks_in (LIKE site_checks) ON COMMIT DELETE ROWS
        """;

    private static readonly string WriteSql = $"""
        WITH written AS (
            INSERT INTO site_checks ({Columns}) SELECT {Columns} FROM site_checks_in ORDER BY site_id, checked_at, id
            ON CONFLICT DO NOTHING RETURNING site_id, checked_at, status, in_maintenance, total_ms),
        placed AS (
            SELECT *, NOT in_maintenance AND status IN ('up', 'degraded') AS answered, width_bucket(total_ms, ARRAY[{string.Join(", ", SiteRollup.Bounds.Select(bound => bound.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]::float8[]) AS place
            FROM written),
        counted AS (
            INSERT INTO site_rollups AS r (site_id, step, bucket, up, degraded, down, unknown, maintenance, total_sum, total_min, total_max, histogram)
            SELECT site_id, step, date_trunc(step, checked_at, 'UTC'), {Count("up")}, {Count("degraded")}, {Count("down")}, {Count("unknown")}, (count(*) FILTER (WHERE in_maintenance))::int,
                   COALESCE(sum(total_ms) FILTER (WHERE answered), 0), COALESCE(min(total_ms) FILTER (WHERE answered), 0), COALESCE(max(total_ms) FILTER (WHERE answered), 0),
                   ARRAY[{Steps("(count(*) FILTER (WHERE answered AND place = {0}))::int")}]
            FROM placed CROSS JOIN (VALUES ('hour'), ('day')) AS steps(step) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (site_id, step, bucket) DO UPDATE SET
                up = r.up + EXCLUDED.up, degraded = r.degraded + EXCLUDED.degraded, down = r.down + EXCLUDED.down, unknown = r.unknown + EXCLUDED.unknown,
                maintenance = r.maintenance + EXCLUDED.maintenance, total_sum = r.total_sum + EXCLUDED.total_sum,
                total_min = CASE WHEN r.up + r.degraded = 0 THEN EXCLUDED.total_min WHEN EXCLUDED.up + EXCLUDED.degraded = 0 THEN r.total_min ELSE LEAST(r.total_min, EXCLUDED.total_min) END,
                total_max = GREATEST(r.total_max, EXCLUDED.total_max),
                histogram = ARRAY[{Steps("r.histogram[{1}] + EXCLUDED.histogram[{1}]")}])
        SELECT count(*) FROM written
        """;

    /// <returns>How many were not there before.</returns>
    public static async Task<long> WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<CheckRecord> records, DateTimeOffset now, CancellationToken cancel)
    {
        await using (var prepare = new NpgsqlCommand(PrepareSql, connection))
        {
            await prepare.ExecuteNonQueryAsync(cancel);
        }

        await using (var copy = await connection.BeginBinaryImportAsync($"COPY site_checks_in ({Columns}) FROM STDIN (FORMAT BINARY)", cancel))
        {
            foreach (var record in records)
            {
                await WriteAsync(copy, record, now, cancel);
            }

            await copy.CompleteAsync(cancel);
        }

        await using var write = new NpgsqlCommand(WriteSql, connection);
        return (long)(await write.ExecuteScalarAsync(cancel))!;
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, CheckRecord record, DateTimeOffset now, CancellationToken cancel)
    {
        var result = record.Result;
        await copy.StartRowAsync(cancel);
        await copy.WriteAsync(record.Id, NpgsqlDbType.Uuid, cancel);
        await copy.WriteAsync(record.SiteId, NpgsqlDbType.Uuid, cancel);
        await copy.WriteAsync(record.CheckedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancel);
        await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        await copy.WriteAsync(Words<CheckStatus>.Of(result.Status), NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(record.InMaintenance, NpgsqlDbType.Boolean, cancel);
        await Text(result.Fault is { } fault ? Words<CheckFault>.Of(fault) : null, 50);
        await Text(result.Error, 500);
        await Value(result.StatusCode, NpgsqlDbType.Integer);
        await Value(result.DnsMs, NpgsqlDbType.Double);
        await Value(result.ConnectMs, NpgsqlDbType.Double);
        await Value(result.TlsMs, NpgsqlDbType.Double);
        await Value(result.FirstByteMs, NpgsqlDbType.Double);
        await Value(result.TransferMs, NpgsqlDbType.Double);
        await copy.WriteAsync(result.TotalMs, NpgsqlDbType.Double, cancel);
        await Value(result.Bytes, NpgsqlDbType.Bigint);
        await Text(result.Address, 100);
        await Value(result.CertificateExpiresAt?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        await Value(result.Matched, NpgsqlDbType.Boolean);
        await Text(result.Body, 4096);

        Task Text(string? text, int most) => text is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(StoredText.Clean(text, most), NpgsqlDbType.Text, cancel);

        Task Value<T>(T? value, NpgsqlDbType type)
            where T : struct => value is { } known ? copy.WriteAsync(known, type, cancel) : copy.WriteNullAsync(cancel);
    }

    private static string Count(string status) => $"(count(*) FILTER (WHERE NOT in_maintenance AND status = '{status}'))::int";

    /// <summary>One element for each step of the histogram: {0} is its place from 0, {1} from 1.</summary>
    private static string Steps(string element) => string.Join(", ", Enumerable.Range(0, SiteRollup.Bounds.Count + 1)
        .Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, element, i, i + 1)));
}
