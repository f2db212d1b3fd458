using Npgsql;
using Refresher.Core;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>A time up to now that uptime is told of.</summary>
public enum UptimeWindow
{
    Day,
    Week,
    Month,
    Quarter,
}

/// <summary>Reads of what is counted by hour and day, shared by pages, badges and end points.</summary>
public sealed class UptimeQueries(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly string Columns = """
        sum(up)::bigint, sum(degraded)::bigint, sum(down)::bigint, sum(unknown)::bigint, sum(maintenance)::bigint, sum(total_sum),
        COALESCE(min(total_min) FILTER (WHERE up + degraded > 0), 0), COALESCE(max(total_max), 0),
        """ + " ARRAY[" + string.Join(", ", Enumerable.Range(1, SiteRollup.Bounds.Count + 1).Select(i => $"sum(histogram[{i}])::bigint")) + "]";

    /// <summary>Days of a window.</summary>
    public static int DaysOf(UptimeWindow window) => window switch { UptimeWindow.Day => 1, UptimeWindow.Week => 7, UptimeWindow.Month => 30, _ => 90 };

    /// <summary>The figures of some sites over a window up to now: the last day and week to the hour, longer ones by whole days with today. Sites without checks are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, SiteFigures>> OfAsync(IReadOnlyCollection<Guid> sites, UptimeWindow window, CancellationToken cancel)
    {
        var step = window is UptimeWindow.Day or UptimeWindow.Week ? RollupStep.Hour : RollupStep.Day;
        var now = clock.GetUtcNow();
        var from = Floor(now.AddDays(-DaysOf(window)), step);
        var read = await ReadAsync($"SELECT site_id, $3, {Columns} FROM site_rollups WHERE site_id = ANY($1) AND step = $2 AND bucket > $3 AND bucket <= $4 GROUP BY site_id", sites, step, from, now, cancel);
        return read.ToDictionary(figures => figures.SiteId);
    }

    /// <summary>The figures of some sites hour by hour or day by day; those without checks are left out, the earliest first.</summary>
    /// <param name="to">Excluded.</param>
    public Task<List<SiteFigures>> SeriesAsync(IReadOnlyCollection<Guid> sites, RollupStep step, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel) =>
        ReadAsync($"SELECT site_id, bucket, {Columns} FROM site_rollups WHERE site_id = ANY($1) AND step = $2 AND bucket >= $3 AND bucket < $4 GROUP BY site_id, bucket ORDER BY bucket", sites, step, Floor(from, step), to, cancel);

    internal static DateTimeOffset Floor(DateTimeOffset at, RollupStep step)
    {
        var length = step == RollupStep.Hour ? TimeSpan.TicksPerHour : TimeSpan.TicksPerDay;
        return new(at.UtcTicks - (at.UtcTicks % length), TimeSpan.Zero);
    }

    private async Task<List<SiteFigures>> ReadAsync(string sql, IReadOnlyCollection<Guid> sites, RollupStep step, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = sites.ToArray() }, new() { Value = Words<RollupStep>.Of(step) }, new() { Value = from.ToUniversalTime() }, new() { Value = to.ToUniversalTime() },
        });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var read = new List<SiteFigures>();
        while (await row.ReadAsync(cancel))
        {
            read.Add(new SiteFigures
            {
                SiteId = row.GetGuid(0),
                From = row.GetFieldValue<DateTimeOffset>(1),
                Up = row.GetInt64(2),
                Degraded = row.GetInt64(3),
                Down = row.GetInt64(4),
                Unknown = row.GetInt64(5),
                Maintenance = row.GetInt64(6),
                Sum = row.GetDouble(7),
                Min = row.GetDouble(8),
                Max = row.GetDouble(9),
                Histogram = row.GetFieldValue<long[]>(10),
            });
        }

        return read;
    }
}
