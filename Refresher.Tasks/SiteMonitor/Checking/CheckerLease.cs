using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>
/// Says that this process lives and checks, and frees what those have claimed who no longer say so. A process that could not say it in time claims
/// nothing more until it has; what it finds for sites that others have taken over is dropped.
/// </summary>
internal sealed partial class CheckerLease(NpgsqlDataSource database, NodeName node, IOptions<CheckOptions> options, TimeProvider clock, SchemaGate gate, ILogger<CheckerLease> log) : Loop(gate, log)
{
    private const string RenewSql = """
        INSERT INTO checkers (id, name, lease_until) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET lease_until = EXCLUDED.lease_until
        """;

    private const string FreeSql = """
        WITH lost AS (SELECT site_id FROM site_states t WHERE claimed_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM checkers c WHERE c.id = t.claimed_by AND c.lease_until > $1)
                      ORDER BY site_id FOR UPDATE SKIP LOCKED)
        UPDATE site_states t SET claim_id = NULL, claimed_by = NULL, next_check_at = LEAST(next_check_at, $1) FROM lost WHERE t.site_id = lost.site_id
        """;

    private readonly TimeSpan _lease = options.Value.Lease;
    private long? _renewedAt;

    /// <summary>A new one for each process: what an earlier one of the same name had claimed is not ours.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>True while others take us for alive.</summary>
    public bool IsHeld => _renewedAt is { } renewed && clock.GetElapsedTime(renewed) < _lease * 0.8;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // What is still claimed is free at once, not only when the lease ends.
            await using var leave = database.CreateCommand("DELETE FROM checkers WHERE id = $1");
            leave.Parameters.Add(new NpgsqlParameter { Value = Id });
            await leave.ExecuteNonQueryAsync(cancellationToken);
            await FreeAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            LogNotLeft(error.Message);
        }
    }

    protected override Task WaitAsync(CancellationToken cancel) => _renewedAt is null ? Task.CompletedTask : Task.Delay(_lease / 4, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var begun = clock.GetTimestamp();
        await using (var renew = database.CreateCommand(RenewSql))
        {
            renew.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Id }, new() { Value = node.Value }, new() { Value = clock.GetUtcNow() + _lease } });
            await renew.ExecuteNonQueryAsync(cancel);
        }

        _renewedAt = begun;
        if (await FreeAsync(cancel) is > 0 and var freed)
        {
            LogFreed(freed);
        }

        await using var forget = database.CreateCommand("DELETE FROM checkers WHERE lease_until < $1");
        forget.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() - (10 * _lease) });
        await forget.ExecuteNonQueryAsync(cancel);
    }

    private async Task<int> FreeAsync(CancellationToken cancel)
    {
        await using var free = database.CreateCommand(FreeSql);
        free.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        return await free.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sites were claimed by a worker that is gone; they are due again.")]
    private partial void LogFreed(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other workers could not be told that this one checks no more: {Reason}. They notice when its lease ends.")]
    private partial void LogNotLeft(string reason);
}
