using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Core.Schedules;

namespace Refresher.Core.Alerts.Rules;

/// <summary>What people and programs do to rules. A change acts on what goes on already, within a second or two.</summary>
public sealed class RuleCommands(RefresherDb db, ConditionCatalog conditions, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Rules there may be: each change is held against all.</summary>
    public const int Most = 500;

    public async Task<Result<AlertRule>> CreateAsync(RuleInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        input.Check(conditions, errors);
        if (errors.Count > 0)
        {
            return Result<AlertRule>.Invalid(errors);
        }

        if (await db.AlertRules.CountAsync(cancel) >= Most)
        {
            return Result<AlertRule>.Refused($"There are {Most} rules already, which is the most. Delete one first.");
        }

        var now = clock.GetUtcNow();
        var rule = Fill(new AlertRule { Id = Guid.CreateVersion7(now), Name = "", Conditions = [], Channels = [], CreatedAt = now, EffectiveAt = now }, input, now);
        return await SaveAsync(rule, "rule.create", null, isNew: true, cancel);
    }

    public async Task<Result<AlertRule>> ReplaceAsync(Guid id, RuleInput input, CancellationToken cancel)
    {
        if (await db.AlertRules.SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } rule)
        {
            return Result<AlertRule>.NotFound;
        }

        var errors = new FieldErrors();
        input.Check(conditions, errors);
        if (errors.Count > 0)
        {
            return Result<AlertRule>.Invalid(errors);
        }

        var (before, looksAt, now) = (Document(rule), LooksAt(rule), clock.GetUtcNow());
        Fill(rule, input, now);

        // What went wrong before it looked at such things is not made up for: whoever edits a rule does not ask for yesterday's alarms.
        rule.EffectiveAt = LooksAt(rule) == looksAt ? rule.EffectiveAt : now;
        return await SaveAsync(rule, "rule.update", before, isNew: false, cancel);
    }

    /// <summary>Deletes a rule; what goes on is told no more because of it. What waits to be sent is still sent.</summary>
    public async Task<Result<AlertRule>> DeleteAsync(Guid id, CancellationToken cancel)
    {
        if (await db.AlertRules.SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } rule)
        {
            return Result<AlertRule>.NotFound;
        }

        db.Remove(rule);
        audit.Add("rule.delete", Subject(rule), Document(rule), null);
        await db.SaveChangesAsync(cancel);
        await TellAsync();
        return Result<AlertRule>.Done(rule);
    }

    private async Task<Result<AlertRule>> SaveAsync(AlertRule rule, string action, JsonObject? before, bool isNew, CancellationToken cancel)
    {
        var entry = audit.Entry(action, Subject(rule), before, Document(rule));
        try
        {
            var missing = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                var connection = (NpgsqlConnection)db.Database.GetDbConnection();

                // Held until the commit, so that no channel is deleted that a rule sends to.
                var there = await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM channels WHERE id = ANY({rule.Channels}) FOR SHARE").ToListAsync(cancel);
                if (rule.Channels.Except(there).ToArray() is { Length: > 0 } gone)
                {
                    return gone;
                }

                db.Entry(rule).State = isNew ? EntityState.Added : EntityState.Modified;
                await db.SaveChangesAsync(cancel);
                await Episodes.AlertRows.LookAgainAsync(connection, rule.Id, clock.GetUtcNow(), cancel);
                await AuditLog.WriteAsync(connection, [entry], cancel);
                await transaction.CommitAsync(cancel);
                return [];
            });
            if (missing.Length > 0)
            {
                return Result<AlertRule>.Invalid(new FieldErrors().Add("channels", $"channels: there is no channel {string.Join(", ", missing)}."));
            }
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Result<AlertRule>.Invalid(new FieldErrors().Add("name", $"name: there is a rule '{rule.Name}' already."));
        }

        await TellAsync();
        return Result<AlertRule>.Done(rule);
    }

    private Task TellAsync() => signals.PublishAsync([LiveSignal.Alerts]);

    private AlertRule Fill(AlertRule rule, RuleInput input, DateTimeOffset now)
    {
        rule.Name = input.Name!.Trim();
        rule.Enabled = input.Enabled ?? true;
        rule.Conditions = [.. input.Conditions!.Distinct()];
        rule.CountedConditions = [.. rule.Conditions.Where(name => conditions.TryFind(name, out var condition) && condition.Counted)];
        rule.Tags = [.. (input.Tags ?? []).Select(tag => tag.Trim()).Distinct()];
        rule.Subjects = [.. (input.Subjects ?? []).Select(subject => subject.Trim()).Distinct()];
        rule.Channels = [.. input.Channels!.Distinct()];
        rule.After = input.After ?? TimeSpan.Zero;
        rule.Times = input.Times ?? 1;
        rule.ReminderEvery = input.ReminderEvery;
        rule.Recovery = input.Recovery ?? true;
        rule.Quiet = input.QuietHours is { } quiet ? (quiet with { Days = quiet.Days ?? [], EvenInQuietHours = quiet.EvenInQuietHours ?? [] }).ToJson() : null;
        rule.UpdatedAt = now;
        return rule;
    }

    private static string LooksAt(AlertRule rule) =>
        $"{rule.Enabled}|{string.Join(',', rule.Conditions.Order())}|{string.Join(',', rule.Tags.Order())}|{string.Join(',', rule.Subjects.Order())}";

    private static AuditSubject Subject(AlertRule rule) => new("rule", rule.Id.ToString(), rule.Name);

    private static JsonObject Document(AlertRule rule) => (JsonObject)JsonSerializer.SerializeToNode(RuleInput.Of(rule), ScheduleInput.Json)!;
}
