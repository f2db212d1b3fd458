using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>The daily partitions of checks. Whoever needs one makes it.</summary>
internal sealed partial class CheckPartitions(NpgsqlDataSource database, ILogger<CheckPartitions> log)
{
    private const string Table = "site_checks";

    /// <summary>Any number: it keeps two processes from making the same partition at once.</summary>
    private const long AdvisoryLock = 0x5349_5445_5041_5254;

    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    /// <summary>Makes the partitions of the days of these instants where they are missing, in a transaction of its own.</summary>
    public async Task EnsureAsync(IEnumerable<DateTimeOffset> instants, CancellationToken cancel)
    {
        foreach (var day in instants.Select(DayOf).Distinct().Where(day => !_known.ContainsKey(day)).Order().ToArray())
        {
            await EnsureAsync(day, cancel);
        }
    }

    /// <summary>The days that have a partition, the first one first.</summary>
    public async Task<List<DateOnly>> DaysAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '{Table}'::regclass ORDER BY 1");
        await using var row = await command.ExecuteReaderAsync(cancel);
        var days = new List<DateOnly>();
        while (await row.ReadAsync(cancel))
        {
            if (DateOnly.TryParseExact(row.GetString(0)[(Table.Length + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                days.Add(day);
            }
        }

        return days;
    }

    public async Task DropAsync(DateOnly day, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!await PartitionDrop.TryAsync(connection, [NameOf(day)], cancel))
        {
            LogBeingRead(day);
            return;
        }

        _known.TryRemove(day, out _);
        LogDropped(day);
    }

    /// <summary>Another process has dropped what was known here.</summary>
    public void Forget() => _known.Clear();

    public static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private async Task EnsureAsync(DateOnly day, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } })
        {
            await wait.ExecuteNonQueryAsync(cancel);
        }

        await using var look = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = NameOf(day) } } };
        var partition = NameOf(day);
        if (!(bool)(await look.ExecuteScalarAsync(cancel))!)
        {
            // Made apart and attached: CREATE … PARTITION OF would lock the parent against every reader and writer.
            await using var make = new NpgsqlCommand(
                $"CREATE TABLE {NameOf(day)} (LIKE {Table} INCLUDING ALL); ALTER TABLE {Table} ATTACH PARTITION {NameOf(day)} FOR VALUES FROM ('{StartOf(day):O}') TO ('{StartOf(day.AddDays(1)):O}')",
                connection);
            await make.ExecuteNonQueryAsync(cancel);
            LogMade(partition);
        }

        await transaction.CommitAsync(cancel);
        _known[day] = true;
    }

    private static string NameOf(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{Table}_{day:yyyyMMdd}");

    [LoggerMessage(Level = LogLevel.Information, Message = "Made partition {Partition}.")]
    private partial void LogMade(string partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "The checks of {Day} are past their retention and are being read, by a backup perhaps; they go the next time.")]
    private partial void LogBeingRead(DateOnly day);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped the checks of {Day}: past their retention.")]
    private partial void LogDropped(DateOnly day);
}
