using System.Text.Json.Nodes;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Limits;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What people do to a run that has not ended: end it, or have it go on. Each is audited in its own transaction.</summary>
public sealed class RunInterventions(
    NpgsqlDataSource database, RunEndings endings, RunDispatch dispatch, RunOrders orders, LiveSignals signals, AuditLog audit, TimeProvider clock)
{
    private const string LookSql = "SELECT id, schedule_id, limited FROM runs WHERE id = $1";

    private const string EndSql = """
        UPDATE runs SET state = 'cancelled', reason = $3, finished_at = $4 WHERE id = $1 AND state = ANY($2)
        """ + RunRows.Returning;

    private const string AskToEndSql = "UPDATE runs SET cancel_requested = true, reason = $2 WHERE id = $1 AND state = 'running'";

    private const string HurrySql = "UPDATE runs SET ready_at = $2 WHERE id = $1 AND state = 'retrying'";

    /// <summary>Ends a run that waits at once, and tells the worker of one that runs to end it.</summary>
    /// <param name="reason">Kept with the run.</param>
    /// <returns>False when it has ended already.</returns>
    public async Task<bool> CancelAsync(Run run, string reason, CancellationToken cancel)
    {
        if (await EndWaitingAsync(run, reason, cancel))
        {
            return true;
        }

        var ask = new NpgsqlCommand(AskToEndSql) { Parameters = { new() { Value = run.Id }, new() { Value = reason } } };
        if (!await ChangeAsync(ask, EntryOf(run, "run.cancel", new() { ["cancelRequested"] = true }), cancel))
        {
            return false;
        }

        await orders.CancelAsync([run.Id]);
        await dispatch.SendAsync(Granted.Nothing, [run.Id]);
        return true;
    }

    /// <summary>Ends the wait of a run for its next attempt; the scheduler queues it as it does when a wait is over by itself.</summary>
    /// <returns>False when it does not wait for one.</returns>
    public async Task<bool> HurryAsync(Run run, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var hurry = new NpgsqlCommand(HurrySql) { Parameters = { new() { Value = run.Id }, new() { Value = now } } };
        if (!await ChangeAsync(hurry, EntryOf(run, "run.retry", new() { ["readyAt"] = now }), cancel))
        {
            return false;
        }

        await signals.PublishAsync([LiveSignal.Ready, .. LiveTopics.Of([run.Id])]);
        return true;
    }

    private AuditEntry EntryOf(Run run, string action, JsonObject after) => audit.Entry(action, AuditedRun.Subject(run), null, after);

    private async Task<bool> EndWaitingAsync(Run run, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var look = new NpgsqlCommand(LookSql, connection) { Parameters = { new() { Value = run.Id } } };
        var found = await RunRows.ReadAsync(look, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunEndings.LockAsync(connection, [.. found.Where(row => row.Limited).Select(row => row.Id)], found.Select(row => row.ScheduleId).OfType<Guid>(), cancel);
        await using var end = new NpgsqlCommand(EndSql, connection)
        {
            Parameters = { new() { Value = run.Id }, new() { Value = RunTransitions.From(RunState.Cancelled, RunActor.Person) }, new() { Value = reason }, new() { Value = now } },
        };
        var ended = await RunRows.ReadEndedAsync(end, RunState.Cancelled, now, cancel);
        if (ended.Count == 0)
        {
            return false;
        }

        var aftermath = await endings.ApplyAsync(connection, ended, now, cancel);
        await AuditLog.WriteAsync(connection, [audit.Entry(
            "run.cancel", AuditedRun.Subject(run), new() { ["state"] = run.State.Word() }, new() { ["state"] = RunState.Cancelled.Word() })], cancel);
        await transaction.CommitAsync(cancel);
        await dispatch.SendAsync(aftermath, [run.Id]);
        return true;
    }

    /// <summary>Does something to a run and writes that it was done, in one transaction.</summary>
    /// <returns>False when the run was not in the state for it; then nothing is written.</returns>
    private async Task<bool> ChangeAsync(NpgsqlCommand command, AuditEntry entry, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (command)
        {
            command.Connection = connection;
            if (await command.ExecuteNonQueryAsync(cancel) == 0)
            {
                return false;
            }
        }

        await AuditLog.WriteAsync(connection, [entry], cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
