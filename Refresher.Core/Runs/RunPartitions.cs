using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>The daily partitions of everything keyed by a run's id. Whoever needs one makes it; nobody waits for a nightly job.</summary>
public sealed partial class RunPartitions(NpgsqlDataSource database, ILogger<RunPartitions> log)
{
    /// <summary>Tables partitioned by run id, and the name of that column.</summary>
    internal static readonly IReadOnlyList<(string Table, string Key)> Tables = [("runs", "id"), ("run_logs", "run_id"), ("run_attempts", "run_id")];

    /// <summary>Any number: it keeps two processes from making the same partition at once.</summary>
    private const long AdvisoryLock = 0x5245_4652_5041_5254;

    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    /// <summary>Makes the partitions of the days of these ids where they are missing, in a transaction of its own.</summary>
    public async Task EnsureAsync(IEnumerable<Guid> ids, CancellationToken cancel)
    {
        foreach (var day in ids.Select(DayOf).Distinct().Where(day => !_known.ContainsKey(day)).Order().ToArray())
        {
            await EnsureAsync(day, cancel);
        }
    }

    /// <summary>Makes one day's partitions if they are missing.</summary>
    public async Task EnsureAsync(DateOnly day, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } })
        {
            await wait.ExecuteNonQueryAsync(cancel);
        }

        foreach (var (table, _) in Tables)
        {
            var partition = NameOf(table, day);
            await using var look = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = partition } } };
            if ((bool)(await look.ExecuteScalarAsync(cancel))!)
            {
                continue;
            }

            // Made apart and attached: CREATE … PARTITION OF would lock the parent against every reader and writer.
            var (from, to) = (RunId.LowestAt(StartOf(day)), RunId.LowestAt(StartOf(day.AddDays(1))));
            await using var make = new NpgsqlCommand(
                $"CREATE TABLE {partition} (LIKE {table} INCLUDING ALL); ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES FROM ('{from}') TO ('{to}')",
                connection);
            await make.ExecuteNonQueryAsync(cancel);
            LogMade(partition);
        }

        await transaction.CommitAsync(cancel);
        _known[day] = true;
    }

    /// <summary>The days that have partitions, the first one first.</summary>
    internal async Task<List<DateOnly>> DaysAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'runs'::regclass ORDER BY 1");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(cancel))
        {
            if (DateOnly.TryParseExact(reader.GetString(0)["runs_".Length..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                days.Add(day);
            }
        }

        return days;
    }

    /// <summary>True when an insert failed because a partition is not there (dropped behind our back): make it and try again.</summary>
    internal bool IsMissing(PostgresException error, IEnumerable<Guid> ids)
    {
        if (error.SqlState != PostgresErrorCodes.CheckViolation || !error.MessageText.StartsWith("no partition", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var day in ids.Select(DayOf).Distinct())
        {
            _known.TryRemove(day, out _);
        }

        return true;
    }

    internal void Forget(DateOnly day) => _known.TryRemove(day, out _);

    internal static DateOnly DayOf(Guid id) => DateOnly.FromDateTime(RunId.TimeOf(id).UtcDateTime);

    internal static string NameOf(string table, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{table}_{day:yyyyMMdd}");

    internal static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Information, Message = "Made partition {Partition}.")]
    private partial void LogMade(string partition);
}
