using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>What people and programs do to heartbeats. Each act is in the audit, without the token.</summary>
public sealed class HeartbeatCommands(RefresherDb db, BeatTokens tokens, OutboxWriter outbox, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>How many there may be.</summary>
    public const int Most = 10_000;

    public async Task<Result<Heartbeat>> CreateAsync(HeartbeatInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (ReadHeartbeat.Of(input, errors) is not { } read)
        {
            return Result<Heartbeat>.Invalid(errors);
        }

        if (await db.Set<Heartbeat>().CountAsync(cancel) >= Most)
        {
            return Result<Heartbeat>.Refused($"There are {Most} heartbeats, and no more are possible. Delete some first.");
        }

        var (now, token) = (clock.GetUtcNow(), BeatTokens.Generate());
        var heartbeat = new Heartbeat
        {
            Id = Guid.CreateVersion7(now),
            Key = read.Key,
            Name = read.Name,
            Cadence = read.Cadence,
            TokenHash = BeatTokens.HashOf(token),
            SealedToken = tokens.Seal(token),
            State = input.Enabled is false ? HeartbeatState.Paused : HeartbeatState.New,
            Since = now,
            CreatedAt = now,
        };
        Fill(heartbeat, read, now);
        db.Add(heartbeat);
        audit.Add("heartbeat.create", Subject(heartbeat), null, Document(heartbeat));
        return await SaveAsync(heartbeat, read.Key, cancel);
    }

    /// <summary>Replaces what people set; what was heard stays, and what is expected next is reckoned anew.</summary>
    public Task<Result<Heartbeat>> ReplaceAsync(Guid id, HeartbeatInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (ReadHeartbeat.Of(input, errors) is not { } read)
        {
            return Task.FromResult(Result<Heartbeat>.Invalid(errors));
        }

        return ChangeAsync(id, "heartbeat.update", (heartbeat, now) =>
        {
            var key = input.Key ?? heartbeat.Key;
            Fill(heartbeat, read with { Key = key }, now);
            HeartbeatExpectation.Renew(heartbeat, now);
            return input.Enabled switch
            {
                false when heartbeat.State != HeartbeatState.Paused => Pause(heartbeat, now),
                true when heartbeat.State == HeartbeatState.Paused => Resume(heartbeat, now),
                _ => null,
            };
        }, cancel);
    }

    /// <summary>Nothing is expected any more; calls are still kept. What is down is over.</summary>
    public Task<Result<Heartbeat>> PauseAsync(Guid id, CancellationToken cancel) =>
        ChangeAsync(id, "heartbeat.pause", (heartbeat, now) => heartbeat.State == HeartbeatState.Paused ? null : Pause(heartbeat, now), cancel);

    /// <summary>The next call is expected a whole period from now, or at the next time of the cron expression; at none when it never called.</summary>
    public Task<Result<Heartbeat>> ResumeAsync(Guid id, CancellationToken cancel) =>
        ChangeAsync(id, "heartbeat.resume", (heartbeat, now) => heartbeat.State == HeartbeatState.Paused ? Resume(heartbeat, now) : null, cancel);

    /// <summary>Gives it a new token; calls with the one before are refused from the answer on.</summary>
    public Task<Result<Heartbeat>> RotateAsync(Guid id, CancellationToken cancel) => ChangeAsync(id, "heartbeat.rotate", (heartbeat, _) =>
    {
        var token = BeatTokens.Generate();
        (heartbeat.TokenHash, heartbeat.SealedToken) = (BeatTokens.HashOf(token), tokens.Seal(token));
        return null;
    }, cancel);

    /// <summary>Deletes it with what was heard of it.</summary>
    public Task<Result<Heartbeat>> DeleteAsync(Guid id, CancellationToken cancel) => ChangeAsync(id, "heartbeat.delete", (heartbeat, now) =>
    {
        var over = HeartbeatChanges.End(heartbeat, "it was deleted", heartbeat.Since, now);
        db.Remove(heartbeat);
        return over;
    }, cancel);

    private static NewEvent? Pause(Heartbeat heartbeat, DateTimeOffset now)
    {
        var over = HeartbeatChanges.End(heartbeat, "it was paused", heartbeat.Since, now);
        (heartbeat.State, heartbeat.Since, heartbeat.StartedAt) = (HeartbeatState.Paused, now, null);
        HeartbeatExpectation.Renew(heartbeat, now);
        return over;
    }

    private static NewEvent? Resume(Heartbeat heartbeat, DateTimeOffset now)
    {
        (heartbeat.State, heartbeat.Since, heartbeat.StartedAt) = (heartbeat.LastBeatAt is null ? HeartbeatState.New : HeartbeatState.Up, now, null);
        heartbeat.ExpectedAt = heartbeat.State == HeartbeatState.Up ? HeartbeatExpectation.Next(heartbeat.Cadence, now) : null;
        heartbeat.DeadlineAt = heartbeat.ExpectedAt + heartbeat.Grace;
        return null;
    }

    /// <summary>Does it with the row locked, so that no call comes between, and with its event and its entry in one transaction.</summary>
    private async Task<Result<Heartbeat>> ChangeAsync(Guid id, string action, Func<Heartbeat, DateTimeOffset, NewEvent?> change, CancellationToken cancel)
    {
        try
        {
            var changed = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                if (await db.Set<Heartbeat>().FromSql($"SELECT * FROM heartbeats WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancel) is not { } heartbeat)
                {
                    return null;
                }

                var (before, now) = (Document(heartbeat), clock.GetUtcNow());
                var told = change(heartbeat, now);
                heartbeat.Revision++;
                heartbeat.UpdatedAt = now;
                audit.Add(action, Subject(heartbeat), before, action == "heartbeat.delete" ? null : Document(heartbeat));
                await db.SaveChangesAsync(cancel);
                if (told is not null)
                {
                    await outbox.AppendAsync(db, [told], cancel);
                }

                await transaction.CommitAsync(cancel);
                return heartbeat;
            });
            return changed is null ? Result<Heartbeat>.NotFound : await DoneAsync(changed);
        }
        catch (DbUpdateException error) when (IsTaken(error))
        {
            return KeyTaken();
        }
    }

    private async Task<Result<Heartbeat>> SaveAsync(Heartbeat heartbeat, string key, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (IsTaken(error))
        {
            return KeyTaken(key);
        }

        return await DoneAsync(heartbeat);
    }

    private async Task<Result<Heartbeat>> DoneAsync(Heartbeat heartbeat)
    {
        await outbox.TellAsync();
        await signals.PublishAsync([HeartbeatTopics.All, HeartbeatTopics.One(heartbeat.Id)]);
        return Result<Heartbeat>.Done(heartbeat);
    }

    private Result<Heartbeat> KeyTaken(string? key = null)
    {
        db.ChangeTracker.Clear();
        return Result<Heartbeat>.Invalid(new FieldErrors().Add("key", key is null ? "key: another heartbeat has it." : $"key: there is a heartbeat '{key}' already."));
    }

    private static bool IsTaken(DbUpdateException error) => error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private static void Fill(Heartbeat heartbeat, ReadHeartbeat read, DateTimeOffset now)
    {
        (heartbeat.Key, heartbeat.Name, heartbeat.Description, heartbeat.Tags) = (read.Key, read.Name, read.Description, read.Tags);
        (heartbeat.Cadence, heartbeat.Grace, heartbeat.MaxRunTime, heartbeat.UpdatedAt) = (read.Cadence, read.Grace, read.MaxRunTime, now);
    }

    private static AuditSubject Subject(Heartbeat heartbeat) => new("heartbeat", heartbeat.Id.ToString(), heartbeat.Name);

    private static JsonObject Document(Heartbeat heartbeat) => new()
    {
        ["key"] = heartbeat.Key,
        ["name"] = heartbeat.Name,
        ["description"] = heartbeat.Description,
        ["tags"] = JsonSerializer.SerializeToNode(heartbeat.Tags),
        ["cadence"] = JsonNode.Parse(CadenceJson.Write(heartbeat.Cadence)),
        ["grace"] = PlainJson.Write(heartbeat.Grace),
        ["maxRunTime"] = heartbeat.MaxRunTime is { } most ? PlainJson.Write(most) : null,
        ["paused"] = heartbeat.State == HeartbeatState.Paused,
        ["revision"] = heartbeat.Revision,
    };
}
