using Npgsql;
using NpgsqlTypes;

namespace Refresher.Tasks.SpeedTest.History;

/// <summary>What many tests come to: reckoned by the database in one pass over the tests of the time that is asked for. Self-tests are left out.</summary>
public sealed class SpeedHistory(NpgsqlDataSource database)
{
    /// <summary>Servers that are told apart.</summary>
    public const int MostServers = 50;

    private const int HoursOfDay = 24;

    private static readonly string Columns = "count(*)::int, count(*) FILTER (WHERE failure IS NOT NULL)::int, count(*) FILTER (WHERE healthy IS FALSE)::int, "
        + string.Join(", ", new[] { "download_mbps", "upload_mbps", "idle_median_ms" }.Select(column =>
            $"min({column}), avg({column}), max({column}), percentile_cont(ARRAY[0.05, 0.5, 0.95]) WITHIN GROUP (ORDER BY {column})"));

    private const string Among = "FROM speed_tests WHERE NOT self_test AND at >= $1 AND at < $2 AND ($3 IS NULL OR schedule_key = $3)";

    /// <summary>The figures of all tests of a time together.</summary>
    /// <param name="to">Excluded.</param>
    /// <param name="schedule">Key of a schedule; null: any.</param>
    public async Task<SpeedFigures> OverAllAsync(DateTimeOffset from, DateTimeOffset to, string? schedule, CancellationToken cancel)
    {
        await using var command = Command($"SELECT {Columns} {Among}", from, to, schedule);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) ? Read(row, 0) : SpeedFigures.None;
    }

    /// <summary>The figures of each stretch of a time, those without tests too.</summary>
    public async Task<IReadOnlyList<SpeedFigures>> SeriesAsync(DateTimeOffset from, TimeSpan step, int count, string? schedule, CancellationToken cancel)
    {
        await using var command = Command($"SELECT floor(extract(epoch FROM at - $1) / $4)::int, {Columns} {Among} GROUP BY 1", from, from + (step * count), schedule);
        command.Parameters.Add(new() { Value = step.TotalSeconds });
        return await FillAsync(command, count, cancel);
    }

    /// <summary>The figures by hour of the day (UTC), 24 of them.</summary>
    public async Task<IReadOnlyList<SpeedFigures>> ByHourAsync(DateTimeOffset from, DateTimeOffset to, string? schedule, CancellationToken cancel)
    {
        await using var command = Command($"SELECT extract(hour FROM at AT TIME ZONE 'UTC')::int, {Columns} {Among} GROUP BY 1", from, to, schedule);
        return await FillAsync(command, HoursOfDay, cancel);
    }

    /// <summary>The figures of the servers with the most tests, at most <see cref="MostServers"/>.</summary>
    public async Task<IReadOnlyList<ServerFigures>> ByServerAsync(DateTimeOffset from, DateTimeOffset to, string? schedule, CancellationToken cancel)
    {
        await using var command = Command($"SELECT server_url, max(server_name), {Columns} {Among} AND server_url IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MostServers}", from, to, schedule);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var servers = new List<ServerFigures>();
        while (await row.ReadAsync(cancel))
        {
            servers.Add(new ServerFigures(row.GetString(0), row.GetString(1), Read(row, 2)));
        }

        return servers;
    }

    private NpgsqlCommand Command(string sql, DateTimeOffset from, DateTimeOffset to, string? schedule)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = from.ToUniversalTime() }, new() { Value = to.ToUniversalTime() }, new() { Value = (object?)schedule ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        });
        return command;
    }

    private static async Task<IReadOnlyList<SpeedFigures>> FillAsync(NpgsqlCommand command, int count, CancellationToken cancel)
    {
        var all = Enumerable.Repeat(SpeedFigures.None, count).ToArray();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            all[Math.Clamp(row.GetInt32(0), 0, count - 1)] = Read(row, 1);
        }

        return all;
    }

    private static SpeedFigures Read(NpgsqlDataReader row, int at) =>
        new(row.GetInt32(at), row.GetInt32(at + 1), row.GetInt32(at + 2), Figure(row, at + 3), Figure(row, at + 7), Figure(row, at + 11));

    private static SpeedFigure? Figure(NpgsqlDataReader row, int at)
    {
        if (row.IsDBNull(at))
        {
            return null;
        }

        var parts = row.GetFieldValue<double[]>(at + 3);
        return new SpeedFigure(row.GetDouble(at), parts[0], parts[1], row.GetDouble(at + 1), parts[2], row.GetDouble(at + 2));
    }
}
