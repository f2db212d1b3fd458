using Npgsql;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>How long the parts of the answered checks of some minutes took on average, in milliseconds; null for what did not happen.</summary>
public sealed record PhaseMeans(DateTimeOffset From, double? Dns, double? Connect, double? Tls, double? FirstByte, double? Transfer, double Total, long Answered, long Failed);

/// <summary>Reads the phases of a site's checks. Only single checks have them, so this goes back no further than a day.</summary>
public sealed class PhaseQueries(NpgsqlDataSource database)
{
    /// <summary>Checks that are read at most, the latest first: a site that is looked at every five seconds has 17,280 a day.</summary>
    private const int Most = 20_000;

    /// <summary>Those without checks are left out, the earliest first.</summary>
    /// <param name="step">Their length, counted from <paramref name="from"/>.</param>
    public async Task<List<PhaseMeans>> ReadAsync(Guid site, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            SELECT date_bin($4, checked_at, $2), avg(dns_ms) FILTER (WHERE ok), avg(connect_ms) FILTER (WHERE ok), avg(tls_ms) FILTER (WHERE ok), avg(first_byte_ms) FILTER (WHERE ok),
                avg(transfer_ms) FILTER (WHERE ok), COALESCE(avg(total_ms) FILTER (WHERE ok), 0), count(*) FILTER (WHERE ok), count(*) FILTER (WHERE status = 'down')
            FROM (SELECT *, status IN ('up', 'degraded') AS ok FROM site_checks WHERE site_id = $1 AND checked_at >= $2 AND checked_at < $3 ORDER BY checked_at DESC LIMIT {Most}) AS checks
            GROUP BY 1 ORDER BY 1
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = site }, new() { Value = from.ToUniversalTime() }, new() { Value = to.ToUniversalTime() }, new() { Value = step } });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var read = new List<PhaseMeans>();
        while (await row.ReadAsync(cancel))
        {
            read.Add(new(row.GetFieldValue<DateTimeOffset>(0), Number(1), Number(2), Number(3), Number(4), Number(5), row.GetDouble(6), row.GetInt64(7), row.GetInt64(8)));
        }

        return read;

        double? Number(int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
    }
}
