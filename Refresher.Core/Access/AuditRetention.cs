using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Runs;

namespace Refresher.Core.Access;

/// <summary>Deletes entries of the audit past their time, in small bounded steps.</summary>
internal sealed class AuditRetention(NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<AuditRetention> log) : Loop(gate, log)
{
    private const int DeleteBatch = 5000;

    private bool _first = true;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : TimeSpan.FromHours(1);
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var before = RunId.LowestAt(clock.GetUtcNow() - PlatformDefaults.AuditRetention);
        int deleted;
        do
        {
            // Two processes may do this at once: each skips what the other has in hand.
            await using var delete = database.CreateCommand($"""
                DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries WHERE id < $1 ORDER BY id LIMIT {DeleteBatch} FOR UPDATE SKIP LOCKED)
                """);
            delete.Parameters.Add(new() { Value = before });
            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == DeleteBatch);
    }
}
