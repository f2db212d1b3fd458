using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;

namespace Refresher.Core.Limits;

/// <summary>What people and programs do to limits. A change acts within a second, and ends nothing that goes on.</summary>
public sealed partial class LimitCommands(RefresherDb db, KindCatalog kinds, LimitCatalog catalog, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    private const int MostName = 100;

    /// <summary>Sets a limit, or changes it.</summary>
    /// <param name="name">A kind there is, a queue, or a concurrency key.</param>
    public async Task<Result<Limit>> SetAsync(LimitScope scope, string name, LimitInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        input.Check(errors);
        CheckName(scope, name, errors);
        if (errors.Count > 0)
        {
            return Result<Limit>.Invalid(errors);
        }

        var limit = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            await LockAsync(connection, LimitRule.KeyOf(scope, name), cancel);
            var found = await db.Limits.SingleOrDefaultAsync(l => l.Scope == scope && l.Name == name, cancel);
            var (before, now) = (Describe(found), clock.GetUtcNow());
            var limit = found ?? db.Add(new Limit { Id = Guid.CreateVersion7(now), Scope = scope, Name = name }).Entity;
            (limit.Concurrency, limit.Rate, limit.Per, limit.UpdatedAt) = (input.Concurrency, input.Rate, input.Per, now);
            audit.Add(found is null ? "limit.create" : "limit.update", SubjectOf(scope, name), before, Describe(limit));
            await db.SaveChangesAsync(cancel);
            if (before?["concurrency"] is null && limit.Concurrency is not null)
            {
                await CountActiveAsync(connection, scope, name, cancel);
            }

            await transaction.CommitAsync(cancel);
            return limit;
        });
        await TellAsync();
        return Result<Limit>.Done(limit);
    }

    /// <summary>Takes a limit away; what waits for it goes on within a second or two.</summary>
    /// <returns>The limit that was; not found when there was none.</returns>
    public async Task<Result<Limit>> DeleteAsync(LimitScope scope, string name, CancellationToken cancel)
    {
        if (await db.Limits.SingleOrDefaultAsync(l => l.Scope == scope && l.Name == name, cancel) is not { } limit)
        {
            return Result<Limit>.NotFound;
        }

        db.Remove(limit);
        audit.Add("limit.delete", SubjectOf(scope, name), Describe(limit), null);
        await db.SaveChangesAsync(cancel);
        await TellAsync();
        return Result<Limit>.Done(limit);
    }

    private Task TellAsync()
    {
        catalog.Forget();
        return signals.PublishAsync([LiveSignal.Limits]);
    }

    /// <summary>What goes on already holds slots from now on, so that the new limit counts it.</summary>
    private static async Task CountActiveAsync(NpgsqlConnection connection, LimitScope scope, string name, CancellationToken cancel)
    {
        var column = scope switch { LimitScope.Kind => "kind", LimitScope.Queue => "queue", _ => "concurrency_key" };
        await using var count = new NpgsqlCommand(
            $"""
            WITH active AS (
                UPDATE runs SET limited = true WHERE finished_at IS NULL AND state IN ('queued', 'running') AND waiting_for IS NULL AND {column} = $2 RETURNING id)
            INSERT INTO limit_slots (limit_key, run_id) SELECT $1, id FROM active ON CONFLICT DO NOTHING
            """, connection)
        {
            Parameters = { new() { Value = LimitRule.KeyOf(scope, name) }, new() { Value = name } },
        };
        await count.ExecuteNonQueryAsync(cancel);
    }

    private static async Task LockAsync(NpgsqlConnection connection, string key, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", connection) { Parameters = { new() { Value = key } } };
        await take.ExecuteNonQueryAsync(cancel);
    }

    private void CheckName(LimitScope scope, string name, FieldErrors errors)
    {
        if (scope == LimitScope.Kind && kinds.Find(name) is not { CanRun: true })
        {
            errors.Add("name", $"name: there is no kind '{name}'. There are: {string.Join(", ", kinds.Where(kind => kind.CanRun).Select(kind => kind.Name))}.");
        }
        else if (name.Length > MostName || !(scope == LimitScope.Queue ? QueueName() : KeyName()).IsMatch(name))
        {
            errors.Add("name", scope == LimitScope.Queue ? "name: a queue's name has lower-case letters, digits and single hyphens only." : ConcurrencyKeys.Message.Replace("concurrencyKey", "name", StringComparison.Ordinal));
        }
    }

    private static JsonObject? Describe(Limit? limit) =>
        limit is null ? null : new() { ["concurrency"] = limit.Concurrency, ["rate"] = limit.Rate, ["per"] = limit.Per?.ToString() };

    private static AuditSubject SubjectOf(LimitScope scope, string name) => new("limit", LimitRule.KeyOf(scope, name), $"{Words<LimitScope>.Of(scope)} {name}");

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex QueueName();

    [GeneratedRegex(ConcurrencyKeys.Pattern)]
    private static partial Regex KeyName();
}
