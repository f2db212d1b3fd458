using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;

namespace Refresher.Core.Queue;

/// <summary>What people and programs do to queues. <see cref="QueueHold.Everything"/> as a queue's name stands for all dispatch.</summary>
public sealed partial class QueueCommands(RefresherDb db, QueueHolds holds, AuditLog audit, Actor actor, RunOrders orders, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Characters a reason may have.</summary>
    public const int MostReason = 500;

    private const int MostName = 100;

    private const string HoldSql = """
        INSERT INTO queue_holds (queue, held_at, held_by, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """;

    // A run that waits for a limit or its predecessor has that counted when it goes on.
    // What another hold keeps back too is counted when that one is lifted, from its own beginning on.
    private const string BlockedSql = """
        UPDATE runs SET blocked = blocked + GREATEST(0, extract(epoch FROM
            LEAST($3, (SELECT min(other.held_at) FROM queue_holds other WHERE other.queue IN (runs.queue, '*'))) - GREATEST($2, queued_at)))
        WHERE finished_at IS NULL AND state = 'queued' AND waiting_for IS NULL AND started_at IS NULL AND waiting_for IS NULL AND queued_at < $3 AND ($1 = '*' OR queue = $1)
        """;

    /// <summary>Lets no further run of a queue begin. After the answer none does, whatever is under way at that moment.</summary>
    /// <param name="reason">For those who wonder; null: not said.</param>
    /// <returns>The hold; an earlier one stays as it is.</returns>
    public async Task<Result<QueueHold>> PauseAsync(string queue, string? reason, CancellationToken cancel)
    {
        var errors = Check(queue);
        var why = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        if (why?.Length > MostReason || why?.Contains('\0', StringComparison.Ordinal) is true)
        {
            errors.Add("reason", $"reason: at most {MostReason} characters, without NUL.");
        }

        if (errors.Count > 0)
        {
            return Result<QueueHold>.Invalid(errors);
        }

        await ChangeAsync(async connection =>
        {
            await using var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = QueueHolds.AdvisoryLock } } };
            await alone.ExecuteNonQueryAsync(cancel);
            await using var hold = new NpgsqlCommand(HoldSql, connection)
            {
                Parameters = { new() { Value = queue }, new() { Value = clock.GetUtcNow() }, new() { Value = actor.Name }, new() { Value = (object?)why ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } },
            };
            return await hold.ExecuteNonQueryAsync(cancel) == 0 ? null
                : audit.Entry(Act(queue, "pause"), Subject(queue), null, new() { ["held"] = true, ["reason"] = why });
        }, cancel);
        await Task.Delay(QueueHolds.Settling, clock, cancel);
        return (await holds.ReadAsync(cancel)).Own(queue) is { } held
            ? Result<QueueHold>.Done(held)
            : Result<QueueHold>.Refused("Somebody has resumed it in this very moment.");
    }

    /// <summary>Lets runs begin again, those that wait first. The time they were held counts as blocked, not as late.</summary>
    /// <returns>What holds the queue still, if anything does.</returns>
    public async Task<Result<HeldQueues>> ResumeAsync(string queue, CancellationToken cancel)
    {
        if (Check(queue) is { Count: > 0 } errors)
        {
            return Result<HeldQueues>.Invalid(errors);
        }

        await ChangeAsync(connection => LiftAsync(connection, queue, cancel), cancel);
        return Result<HeldQueues>.Done(await holds.ReadAsync(cancel));
    }

    private async Task<AuditEntry?> LiftAsync(NpgsqlConnection connection, string queue, CancellationToken cancel)
    {
        await using var lift = new NpgsqlCommand("DELETE FROM queue_holds WHERE queue = $1 RETURNING held_at", connection) { Parameters = { new() { Value = queue } } };
        if (await lift.ExecuteScalarAsync(cancel) is not DateTime heldAt)
        {
            return null;
        }

        await using var blocked = new NpgsqlCommand(BlockedSql, connection)
        {
            Parameters = { new() { Value = queue }, new() { Value = heldAt }, new() { Value = clock.GetUtcNow() } },
        };
        var waited = await blocked.ExecuteNonQueryAsync(cancel);
        return audit.Entry(Act(queue, "resume"), Subject(queue), new() { ["held"] = true, ["heldAt"] = heldAt }, new() { ["held"] = false, ["heldAt"] = heldAt, ["waiting"] = waited });
    }

    /// <summary>Does it in one transaction with its entry, and tells everyone. Safe to repeat: the connection may fail on the way.</summary>
    private async Task ChangeAsync(Func<NpgsqlConnection, Task<AuditEntry?>> change, CancellationToken cancel)
    {
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            if (await change(connection) is { } entry)
            {
                await AuditLog.WriteAsync(connection, [entry], cancel);
                await transaction.CommitAsync(cancel);
            }
        });
        await orders.LookAsync();
        await signals.PublishAsync([LiveSignal.Queues, LiveSignal.Runs]);
    }

    private static FieldErrors Check(string queue)
    {
        var errors = new FieldErrors();
        return queue == QueueHold.Everything || (queue.Length <= MostName && QueueName().IsMatch(queue))
            ? errors
            : errors.Add("name", $"name: a queue's name has lower-case letters, digits and single hyphens only, at most {MostName} characters.");
    }

    private static string Act(string queue, string verb) => (queue == QueueHold.Everything ? "system." : "queue.") + verb;

    private static AuditSubject Subject(string queue) => queue == QueueHold.Everything ? new("system", queue, "all queues") : new("queue", queue, queue);

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex QueueName();
}
