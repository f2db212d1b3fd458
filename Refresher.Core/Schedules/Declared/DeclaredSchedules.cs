using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Files;

namespace Refresher.Core.Schedules.Declared;

/// <summary>
/// Makes the schedules that kinds declare, at a scheduler's start. One is made or changed when its declaration is not the one that was applied
/// last, so that what a person did to it stays until then; one that is no longer declared is paused, and never deleted. Of programs of different
/// age the one that was started last has its way.
/// </summary>
public sealed partial class DeclaredSchedules(
    RefresherDb db, KindCatalog kinds, OptionSecrets secrets, ScheduleChanges changes, LiveSignals signals, TimeProvider clock, ILogger<DeclaredSchedules> log)
{
    private const string SaveSql = """
        INSERT INTO schedule_declarations (key, kind, schedule_id, hash, applied_at) SELECT n.key, n.kind, n.id, n.hash, $5 FROM unnest($1, $2, $3, $4) AS n(key, kind, id, hash)
        ON CONFLICT (key) DO UPDATE SET kind = EXCLUDED.kind, schedule_id = EXCLUDED.schedule_id, hash = EXCLUDED.hash, applied_at = EXCLUDED.applied_at, withdrawn_at = NULL
        """;

    /// <summary>What is not said is not part of a declaration: a field that a later version knows changes none.</summary>
    private static readonly JsonSerializerOptions Hashed = new(ScheduleInput.Json) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task ApplyAsync(CancellationToken cancel)
    {
        var declared = Declared();
        if (await db.Database.CreateExecutionStrategy().ExecuteAsync(() => ApplyAsync(declared, cancel)))
        {
            await signals.PublishAsync([LiveSignal.Schedules]);
        }
    }

    private async Task<bool> ApplyAsync(IReadOnlyList<Declaration> declared, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await changes.LockAsync([], all: false, cancel);
        var known = await db.ScheduleDeclarations.AsNoTracking().ToDictionaryAsync(d => d.Key, StringComparer.Ordinal, cancel);
        Declaration[] changed = [.. declared.Where(one => known.GetValueOrDefault(one.Key) is not { WithdrawnAt: null } before || before.Hash != one.Hash)];
        ScheduleDeclaration[] withdrawn = [.. known.Values.Where(one => one.WithdrawnAt is null && declared.All(other => other.Key != one.Key))];
        if (changed.Length == 0 && withdrawn.Length == 0)
        {
            return false;
        }

        var stored = await StoredAsync(changed, known, cancel);
        var wanted = Wanted(changed, stored);
        var paused = await WithdrawAsync(withdrawn, cancel);
        var plan = changes.Plan([.. wanted.Select(one => one.Schedule)], stored.Where(pair => wanted.Any(one => one.Declaration.Key == pair.Key)).ToDictionary());
        await changes.ApplyAsync(plan, [.. wanted.Select(one => one.Schedule)], stored, cancel, paused);
        await SaveAsync([.. wanted.Select(one => one.Declaration)], cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
        foreach (var schedule in plan)
        {
            LogApplied(schedule.Key, schedule.Action);
        }

        return true;
    }

    private List<Declaration> Declared()
    {
        var declared = new List<Declaration>();
        foreach (var (kind, input) in kinds.SelectMany(kind => kind.Schedules.Select(input => (kind, input with { Kind = input.Kind ?? kind.Name }))))
        {
            if (input.Key is null || declared.Any(other => other.Key == input.Key))
            {
                LogRefused(input.Key ?? input.Name ?? "", kind.Name, input.Key is null ? "key is needed." : "Another one has this key.");
                continue;
            }

            declared.Add(new Declaration(input.Key, kind.Name, input, Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, Hashed)))));
        }

        return declared;
    }

    /// <summary>What is there for declarations, by their keys: the schedule of that key, else the one that was made of it and has another key by now.</summary>
    private async Task<Dictionary<string, Schedule>> StoredAsync(Declaration[] changed, Dictionary<string, ScheduleDeclaration> known, CancellationToken cancel)
    {
        string[] keys = [.. changed.Select(one => one.Key)];
        Guid[] ids = [.. changed.Select(one => known.GetValueOrDefault(one.Key)?.ScheduleId).OfType<Guid>()];
        string[] all = [.. keys.Union(await db.Schedules.Where(s => ids.Contains(s.Id)).Select(s => s.Key).ToListAsync(cancel))];
        await changes.LockAsync(all, all: false, cancel);
        var found = await db.Schedules.Where(s => all.Contains(s.Key)).ToListAsync(cancel);
        var stored = found.Where(s => keys.Contains(s.Key)).ToDictionary(s => s.Key, StringComparer.Ordinal);
        foreach (var other in found.Where(s => !keys.Contains(s.Key)))
        {
            stored.TryAdd(known.Values.First(one => one.ScheduleId == other.Id).Key, other);
        }

        return stored;
    }

    private List<(Declaration Declaration, WantedSchedule Schedule)> Wanted(Declaration[] changed, Dictionary<string, Schedule> stored)
    {
        var wanted = new List<(Declaration, WantedSchedule)>();
        foreach (var one in changed)
        {
            var errors = new FieldErrors();
            if (ScheduleReader.Read(one.Input, stored.GetValueOrDefault(one.Key), kinds, secrets, errors) is { } read)
            {
                wanted.Add((one, new WantedSchedule(one.Input, read)));
            }
            else
            {
                LogRefused(one.Key, one.Kind, errors.ToString());
            }
        }

        return wanted;
    }

    /// <returns>The schedules that are to be paused.</returns>
    private async Task<List<Schedule>> WithdrawAsync(ScheduleDeclaration[] withdrawn, CancellationToken cancel)
    {
        string[] keys = [.. withdrawn.Select(one => one.Key)];
        Guid[] ids = [.. withdrawn.Select(one => one.ScheduleId).OfType<Guid>()];
        var now = clock.GetUtcNow();
        await db.ScheduleDeclarations.Where(one => keys.Contains(one.Key)).ExecuteUpdateAsync(set => set.SetProperty(one => one.WithdrawnAt, now), cancel);
        foreach (var key in keys)
        {
            LogWithdrawn(key);
        }

        return await db.Schedules.Where(s => ids.Contains(s.Id) && s.Enabled).ToListAsync(cancel);
    }

    private async Task SaveAsync(Declaration[] applied, CancellationToken cancel)
    {
        string[] keys = [.. applied.Select(one => one.Key)];
        var ids = db.ChangeTracker.Entries<Schedule>().ToDictionary(entry => entry.Entity.Key, entry => entry.Entity.Id, StringComparer.Ordinal);

        // A schedule that changed hands must not belong to both for a moment.
        await db.ScheduleDeclarations.Where(one => keys.Contains(one.Key)).ExecuteUpdateAsync(set => set.SetProperty(one => one.ScheduleId, (Guid?)null), cancel);
        await using var save = new NpgsqlCommand(SaveSql, (NpgsqlConnection)db.Database.GetDbConnection())
        {
            Parameters =
            {
                new() { Value = keys },
                new() { Value = Array.ConvertAll(applied, one => one.Kind) },
                new() { Value = Array.ConvertAll(keys, key => ids[key]) },
                new() { Value = Array.ConvertAll(applied, one => one.Hash) },
                new() { Value = clock.GetUtcNow() },
            },
        };
        await save.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Declaration(string Key, string Kind, ScheduleInput Input, string Hash);

    [LoggerMessage(Level = LogLevel.Information, Message = "The schedule '{Key}' is declared in code: {Action}.")]
    private partial void LogApplied(string key, ImportAction action);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule '{Key}' is no longer declared in code; it is paused, and not deleted.")]
    private partial void LogWithdrawn(string key);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule '{Key}' that {Kind} declares is not right: {Reason}")]
    private partial void LogRefused(string key, string kind, string reason);
}
