using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Deletes calls past their time, and those of a heartbeat beyond the last thousand, in small bounded steps.</summary>
internal sealed class BeatRetention(NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<BeatRetention> log) : Loop(gate, log)
{
    /// <summary>Calls of one heartbeat that are kept.</summary>
    public const int MostBeats = 1000;

    /// <summary>How long a call is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private const int Batch = 5000;

    // The oldest of those that stay is looked up in the index, once for each heartbeat; two processes skip what the other has in hand.
    private static readonly string Sql = $"""
        DELETE FROM heartbeat_beats WHERE id IN (
            SELECT b.id FROM heartbeats h
            CROSS JOIN LATERAL (SELECT id FROM heartbeat_beats WHERE heartbeat_id = h.id ORDER BY id DESC OFFSET {MostBeats - 1} LIMIT 1) AS oldest
            JOIN heartbeat_beats b ON b.heartbeat_id = h.id AND b.id < oldest.id LIMIT {Batch} FOR UPDATE OF b SKIP LOCKED)
        """;

    private static readonly string AgeSql = $"""
        DELETE FROM heartbeat_beats WHERE id IN (SELECT id FROM heartbeat_beats WHERE id < $1 ORDER BY id LIMIT {Batch} FOR UPDATE SKIP LOCKED)
        """;

    private bool _first = true;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : Period;
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await DeleteAsync(Sql, null, cancel);
        await DeleteAsync(AgeSql, Refresher.Core.Runs.RunId.LowestAt(clock.GetUtcNow() - Kept), cancel);
    }

    private async Task DeleteAsync(string sql, Guid? before, CancellationToken cancel)
    {
        int deleted;
        do
        {
            await using var delete = database.CreateCommand(sql);
            if (before is { } id)
            {
                delete.Parameters.Add(new() { Value = id });
            }

            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == Batch);
    }
}
