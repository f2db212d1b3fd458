using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Delivery = Refresher.Core.Alerts.Deliveries.Delivery;

namespace Refresher.Core.Alerts.Channels;

/// <summary>What people and programs do to channels.</summary>
public sealed class ChannelCommands(RefresherDb db, ChannelKinds kinds, OptionSecrets secrets, ChannelSender sender, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Channels there may be: each is asked after on its own.</summary>
    public const int Most = 200;

    private readonly ChannelReader _reader = new(kinds, secrets);

    public async Task<Result<Channel>> CreateAsync(ChannelInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (_reader.Read(input, input.Kind, null, errors) is not { } settings)
        {
            return Result<Channel>.Invalid(errors);
        }

        if (await db.Channels.CountAsync(cancel) >= Most)
        {
            return Result<Channel>.Refused($"There are {Most} channels already, which is the most. Delete one first.");
        }

        var now = clock.GetUtcNow();
        var channel = new Channel { Id = Guid.CreateVersion7(now), Name = input.Name!.Trim(), Kind = input.Kind!, Settings = settings, Enabled = input.Enabled ?? true, CreatedAt = now, UpdatedAt = now };
        db.Add(channel);
        audit.Add("channel.create", Subject(channel), null, Document(channel));
        return await SaveAsync(channel, cancel);
    }

    /// <summary>Replaces all but the kind. What waits to be sent goes by it.</summary>
    public async Task<Result<Channel>> ReplaceAsync(Guid id, ChannelInput input, CancellationToken cancel)
    {
        if (await db.Channels.SingleOrDefaultAsync(c => c.Id == id, cancel) is not { } channel)
        {
            return Result<Channel>.NotFound;
        }

        var errors = new FieldErrors();
        if (input.Kind is { } other && other != channel.Kind)
        {
            errors.Add("kind", $"kind: it stays '{channel.Kind}'. Make another channel for another kind.");
        }

        var settings = _reader.Read(input, channel.Kind, channel.Settings, errors);
        if (settings is null || errors.Count > 0)
        {
            return Result<Channel>.Invalid(errors);
        }

        var before = Document(channel);
        var changed = kinds.TryFind(channel.Kind, out var kind) ? SecretOptions.Changed(kind.Shape, channel.Settings, settings).ToArray() : [];
        (channel.Name, channel.Settings, channel.Enabled, channel.UpdatedAt) = (input.Name!.Trim(), settings, input.Enabled ?? true, clock.GetUtcNow());
        var after = Document(channel);
        foreach (var secret in changed)
        {
            after["settings"]![secret] = $"{SecretOptions.Mask} (changed)";
        }

        audit.Add("channel.update", Subject(channel), before, after);
        return await SaveAsync(channel, cancel);
    }

    /// <summary>Deletes a channel that no rule sends to; what was waiting for it is given up.</summary>
    public async Task<Result<Channel>> DeleteAsync(Guid id, CancellationToken cancel)
    {
        var deleted = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();

            // Whoever makes a rule that sends to it holds a share of this row until that is committed.
            if (await db.Channels.FromSql($"SELECT * FROM channels WHERE id = {id} FOR UPDATE").AsNoTracking().SingleOrDefaultAsync(cancel) is not { } channel)
            {
                return Result<Channel>.NotFound;
            }

            var users = await db.AlertRules.Where(r => r.Channels.Contains(id)).OrderBy(r => r.Name).Select(r => r.Name).Take(6).ToListAsync(cancel);
            if (users.Count > 0)
            {
                return Result<Channel>.Refused($"The channel '{channel.Name}' is in use by the rules {string.Join(", ", users.Take(5))}{(users.Count > 5 ? " and others" : "")}. Take it out of them first.");
            }

            await DeliveryRows.GiveUpAsync(connection, id, clock.GetUtcNow(), "The channel was deleted.", cancel);
            await db.Channels.Where(c => c.Id == id).ExecuteDeleteAsync(cancel);
            await AuditLog.WriteAsync(connection, [audit.Entry("channel.delete", Subject(channel), Document(channel), null)], cancel);
            await transaction.CommitAsync(cancel);
            return Result<Channel>.Done(channel);
        });
        await TellAsync();
        return deleted;
    }

    /// <summary>Sends a real message now and waits for the provider's answer, which is also kept among the deliveries. Works for a channel that is switched off.</summary>
    public async Task<Result<ChannelAnswer>> TestAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is not { } channel)
        {
            return Result<ChannelAnswer>.NotFound;
        }

        var now = clock.GetUtcNow();
        var message = new AlertMessage { Notice = NoticeKind.Test, Title = "Test of Refresher", At = now, Reason = $"The channel “{channel.Name}” works: this is what its messages look like.", Path = "/alerts" };
        var delivery = Delivery.Of(channel, $"test/{Guid.CreateVersion7(now):N}", "test", message, null, now);
        var answer = await sender.SendAsync(channel.Kind, channel.Settings, delivery.Id, delivery.Thread, message, cancel);
        var sent = answer.Outcome == SendOutcome.Sent;
        (delivery.State, delivery.Attempts, delivery.Status, delivery.Answer, delivery.FinishedAt) = (sent ? DeliveryState.Sent : DeliveryState.Failed, 1, answer.Status, answer.Text, clock.GetUtcNow());
        delivery.Reason = sent ? null : "The test did not go through.";
        db.Add(delivery);
        audit.Add("channel.test", Subject(channel), null, new JsonObject { ["outcome"] = Words<SendOutcome>.Of(answer.Outcome) });
        await db.SaveChangesAsync(cancel);
        DeliveryMeasures.Count(channel.Kind, sent ? "sent" : "failed");
        await TellAsync();
        return Result<ChannelAnswer>.Done(answer);
    }

    private async Task<Result<Channel>> SaveAsync(Channel channel, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Result<Channel>.Invalid(new FieldErrors().Add("name", $"name: there is a channel '{channel.Name}' already."));
        }

        await TellAsync();
        return Result<Channel>.Done(channel);
    }

    private Task TellAsync() => signals.PublishAsync([LiveSignal.Alerts]);

    private JsonObject Document(Channel channel) => new()
    {
        ["name"] = channel.Name,
        ["kind"] = channel.Kind,
        ["enabled"] = channel.Enabled,
        ["settings"] = kinds.TryFind(channel.Kind, out var kind) ? JsonNode.Parse(SecretOptions.Hide(kind.Shape, channel.Settings)) : null,
    };

    private static AuditSubject Subject(Channel channel) => new("channel", channel.Id.ToString(), channel.Name);
}
