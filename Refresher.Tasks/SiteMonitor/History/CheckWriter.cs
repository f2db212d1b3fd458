using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Outbox;
using Refresher.Tasks.SiteMonitor.Checking;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>
/// Writes the rows of checks and counts them by hour and day. Only a row that was not there is counted, in the same statement, so that checks may be
/// told any number of times. What is older than the retention is dropped: its rows are gone, and nothing could tell that it was counted.
/// </summary>
internal sealed class CheckWriter(CheckPartitions partitions, IOptions<CheckOptions> options, TimeProvider clock) : IEventConsumer
{
    public string Name => "check-writer";

    public IReadOnlyList<string> Topics { get; } = [Core.Outbox.Topics.SiteChecks];

    public int BatchSize => 2000;

    public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();

        // Whole days: a partition that is to be dropped is not written to.
        var oldest = CheckPartitions.StartOf(CheckPartitions.DayOf(now - options.Value.Retention));
        var records = new List<CheckRecord>(events.Count);
        foreach (var one in events.Where(one => one.Type == CheckRecord.EventType))
        {
            records.Add(Read(one, now));
        }

        var kept = records.FindAll(record => record.CheckedAt >= oldest);
        SiteMetrics.TooOld.Add(records.Count - kept.Count);
        if (kept.Count > 0)
        {
            await partitions.EnsureAsync(kept.Select(record => record.CheckedAt), cancel);
            try
            {
                await CheckRows.WriteAsync(connection, kept, now, cancel);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.CheckViolation)
            {
                // No partition, though it was known: somebody dropped it. The batch is tried again.
                partitions.Forget();
                throw;
            }
        }

        return [];
    }

    private static CheckRecord Read(Event one, DateTimeOffset now)
    {
        try
        {
            var record = one.Read(CheckRecordJson.Default.CheckRecord);
            return record.Result is not null && record.CheckedAt < now.AddDays(1) ? record : throw new JsonException("It has no result, or was made in the future.");
        }
        catch (JsonException error)
        {
            throw new PoisonEventException(one.Id, $"It is no check: {error.Message}", error);
        }
    }
}
