using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Core.Execution;

/// <summary>What people and programs tell workers. The orders stand in PostgreSQL; Redis only makes them act at once.</summary>
public sealed class WorkerCommands(RefresherDb db, AuditLog audit, Actor actor, NodePresence presence, RunOrders orders, LiveSignals signals, TimeProvider clock)
{
    public const int MostConcurrency = 10_000;

    private const int MostName = 200;

    /// <summary>Lets it take no further runs; it finishes those it has. Holds over restarts, until it is resumed.</summary>
    /// <param name="name">The worker's name, or that of one of its processes.</param>
    public Task<Result<WorkerOrder>> DrainAsync(string name, CancellationToken cancel) => ChangeAsync(name, "worker.drain", order =>
    {
        if (order.DrainedAt is null)
        {
            (order.DrainedAt, order.DrainedBy) = (clock.GetUtcNow(), actor.Name);
        }
    }, cancel);

    /// <summary>Lets it take runs again.</summary>
    /// <inheritdoc cref="DrainAsync"/>
    public Task<Result<WorkerOrder>> ResumeAsync(string name, CancellationToken cancel) => ChangeAsync(name, "worker.resume", order => (order.DrainedAt, order.DrainedBy) = (null, null), cancel);

    /// <summary>Changes how many runs it executes at once. Fewer: those above end in their own time. Holds over restarts.</summary>
    /// <param name="concurrency">1 to 10,000; null: as it is configured.</param>
    /// <inheritdoc cref="DrainAsync"/>
    public async Task<Result<WorkerOrder>> SetConcurrencyAsync(string name, int? concurrency, CancellationToken cancel)
    {
        if (concurrency is < 1 or > MostConcurrency)
        {
            return Result<WorkerOrder>.Invalid(new FieldErrors().Add("concurrency", $"concurrency: 1 to {MostConcurrency}."));
        }

        return await ChangeAsync(name, "worker.concurrency", order =>
        {
            order.Concurrency = concurrency;
            order.ConcurrencyAt = concurrency is null ? null : clock.GetUtcNow();
            order.ConcurrencyBy = concurrency is null ? null : actor.Name;
        }, cancel);
    }

    /// <summary>Ends its processes of this moment as SIGTERM would: what runs is finished or handed back within the grace.</summary>
    /// <inheritdoc cref="DrainAsync"/>
    public Task<Result<WorkerOrder>> StopAsync(string name, CancellationToken cancel) => ChangeAsync(name, "worker.stop", order => (order.StoppedAt, order.StoppedBy) = (clock.GetUtcNow(), actor.Name), cancel);

    /// <summary>What was told to workers, by their names.</summary>
    public async Task<IReadOnlyDictionary<string, WorkerOrder>> OrdersAsync(CancellationToken cancel) =>
        await db.WorkerOrders.AsNoTracking().ToDictionaryAsync(order => order.Worker, cancel);

    private async Task<Result<WorkerOrder>> ChangeAsync(string name, string action, Action<WorkerOrder> change, CancellationToken cancel)
    {
        if (await NameOfAsync(name, cancel) is not { } worker)
        {
            return Result<WorkerOrder>.NotFound;
        }

        var order = await db.WorkerOrders.SingleOrDefaultAsync(o => o.Worker == worker, cancel);
        if (order is null)
        {
            db.Add(order = new WorkerOrder { Worker = worker });
        }

        var before = StateOf(order);
        change(order);
        audit.Add(action, new AuditSubject("worker", worker, worker), before, StateOf(order));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Result<WorkerOrder>.Refused("Somebody else has just told this worker something for the first time. Repeat yours.");
        }

        await orders.LookAsync();
        await signals.PublishAsync([LiveSignal.Workers]);
        return Result<WorkerOrder>.Done(order);
    }

    /// <returns>Null when nobody has heard of such a worker.</returns>
    private async Task<string?> NameOfAsync(string name, CancellationToken cancel)
    {
        if (name.Length > MostName || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (await db.WorkerOrders.AnyAsync(order => order.Worker == name, cancel))
        {
            return name;
        }

        try
        {
            return (await presence.ListAsync()).FirstOrDefault(node => node.Worker is not null && (node.Worker == name || node.Name == name))?.Worker;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // Nobody can say who lives. An order for nobody does no harm.
            return name;
        }
    }

    private static JsonObject StateOf(WorkerOrder order) => new() { ["draining"] = order.DrainedAt is not null, ["concurrency"] = order.Concurrency, ["stoppedAt"] = order.StoppedAt };
}
