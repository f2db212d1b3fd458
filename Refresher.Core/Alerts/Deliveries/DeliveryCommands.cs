using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Queue;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>What people and programs do to deliveries.</summary>
public sealed class DeliveryCommands(RefresherDb db, NpgsqlDataSource database, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Sends one again that was given up, or at once one that waits for its next attempt; it has all its attempts before it again.</summary>
    public async Task<Result<Delivery>> RetryAsync(Guid id, CancellationToken cancel)
    {
        var result = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var now = clock.GetUtcNow();
            if (await db.Deliveries.FromSql($"SELECT * FROM deliveries WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancel) is not { } delivery)
            {
                return Result<Delivery>.NotFound;
            }

            if (delivery.State == DeliveryState.Sent)
            {
                return Result<Delivery>.Refused("It was sent; what was sent is not sent again.");
            }

            if (delivery.LeaseUntil > now)
            {
                return Result<Delivery>.Refused("It is being sent just now.");
            }

            if (!await db.Channels.AnyAsync(c => c.Id == delivery.ChannelId && c.Enabled, cancel))
            {
                return Result<Delivery>.Refused($"The channel '{delivery.ChannelName}' is switched off or deleted.");
            }

            (delivery.State, delivery.Attempts, delivery.ReadyAt, delivery.LeaseUntil, delivery.GiveUpAt, delivery.Reason, delivery.FinishedAt) =
                (DeliveryState.Pending, 0, now, null, now + RetryPlan.Longest, null, null);
            audit.Add("delivery.retry", new AuditSubject("delivery", id.ToString(), delivery.Title), null, null);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            return Result<Delivery>.Done(delivery);
        });
        await signals.PublishAsync([LiveSignal.Alerts, LiveSignal.Deliveries]);
        return result;
    }

    /// <summary>Writes a message to be sent over some channels; a channel gets the same change once, however often this is called.</summary>
    /// <param name="change">At most 200 characters.</param>
    public async Task<int> AddAsync(string change, AlertMessage message, IReadOnlyCollection<Guid> channels, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var added = await DeliveryRows.AddAsync(connection, [new DueNotice(change, change, channels, message.Trimmed(), null)], clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        await signals.PublishAsync([LiveSignal.Alerts, LiveSignal.Deliveries]);
        return added;
    }
}
