using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>
/// Renews the leases of everything this worker holds, tells PostgreSQL how far it is, and learns what was cancelled. When it cannot renew it
/// stops its runs before their leases end: from then on somebody else may execute them.
/// </summary>
internal sealed partial class LeaseKeeper(
    NpgsqlDataSource database, ActiveRuns active, IOptions<WorkerOptions> options, LiveSignals signals, ClusterClock clock, ILogger<LeaseKeeper> log) : IDisposable
{
    /// <summary>The part of a lease in which a run may go on without a renewal; the rest is for it to end.</summary>
    public const double SafePart = 0.8;

    private const string Sql = """
        UPDATE runs r SET lease_until = $4, progress = COALESCE(n.progress, r.progress), progress_text = COALESCE(n.text, r.progress_text)
        FROM unnest($1, $5, $6, $7) AS n(id, fence, progress, text)
        WHERE r.id = n.id AND r.id >= $2 AND r.id <= $3 AND r.fence = n.fence AND r.state = 'running' RETURNING r.id, r.fence, r.cancel_requested
        """;

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    private TimeSpan Lease => options.Value.Lease;

    /// <summary>Begins to renew. Ends with <see cref="StopAsync"/>, after everything that runs has ended.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(1, Lease.TotalSeconds / 4)), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await RenewAsync();
            }
            catch (Exception error)
            {
                LogNotRenewed(error.Message);
            }

            StopWhatIsNearlyLost();
        }
    }

    private async Task RenewAsync()
    {
        // Brief runs end long before their first renewal: those that need one are few.
        var due = active.All.Where(run => Stopwatch.GetElapsedTime(run.RenewedAt) > Lease / 3 || run.LastProgress is not null).ToArray();
        foreach (var batch in due.Chunk(500))
        {
            var began = Stopwatch.GetTimestamp();
            var kept = await RenewAsync(batch);
            foreach (var run in batch)
            {
                if (!kept.TryGetValue((run.Run.Id, run.Run.Fence), out var cancelRequested))
                {
                    // Ended and written in this moment, or taken by a rescuer: in both cases it is not ours to write any more.
                    run.Stop(StopCause.LeaseLost);
                    continue;
                }

                run.Renewed(began);
                if (cancelRequested)
                {
                    run.Stop(StopCause.CancelRequested);
                }
            }
        }
    }

    private async Task<Dictionary<(Guid Id, int Fence), bool>> RenewAsync(ActiveRun[] batch)
    {
        var ids = Array.ConvertAll(batch, run => run.Run.Id);
        var progress = Array.ConvertAll(batch, run => run.TakeProgress());
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = database.CreateCommand(Sql);
        command.CommandTimeout = (int)Math.Max(1, Lease.TotalSeconds / 3);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = clock.GetUtcNow() + Lease },
            new() { Value = Array.ConvertAll(batch, run => run.Run.Fence) },
            new() { Value = Array.ConvertAll(progress, p => p?.Percent), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
            new() { Value = Array.ConvertAll(progress, p => p?.Text), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        var kept = new Dictionary<(Guid, int), bool>(batch.Length);
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                kept[(reader.GetGuid(0), reader.GetInt32(1))] = reader.GetBoolean(2);
            }
        }

        await signals.PublishAsync(LiveTopics.OfLogs(batch.Where((_, i) => progress[i] is not null).Select(run => run.Run.Id)));
        return kept;
    }

    private void StopWhatIsNearlyLost()
    {
        foreach (var run in active.All.Where(run => Stopwatch.GetElapsedTime(run.RenewedAt) > SafePart * Lease))
        {
            LogGivenUp(run.Run.Id);
            run.Stop(StopCause.LeaseLost);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases could not be renewed: {Reason}")]
    private partial void LogNotRenewed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is given up: its lease ends and could not be renewed.")]
    private partial void LogGivenUp(Guid run);
}
