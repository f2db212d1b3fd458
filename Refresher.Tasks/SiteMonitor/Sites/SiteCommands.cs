using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Core.Schedules;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>
/// What people and programs do to sites. Each change and its effect on what is due commit together: a check that is under way for what the site was
/// counts no more. Checkers are told afterwards, so that it acts at once.
/// </summary>
public sealed class SiteCommands(RefresherDb db, SiteSecrets secrets, SiteDepartures departures, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    public async Task<Result<Site>> CreateAsync(SiteInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (SiteReader.Read(input, null, secrets, errors) is not { } spec)
        {
            return Result<Site>.Invalid(errors);
        }

        var now = clock.GetUtcNow();
        var key = input.Key ?? await FreeKeyAsync(SiteReader.KeyOf(input.Name!), cancel);
        if (input.Key is not null && await db.Set<Site>().AnyAsync(s => s.Key == key, cancel))
        {
            return KeyTaken(key);
        }

        var id = Guid.CreateVersion7(now);
        var site = new Site { Id = id, Key = key, Name = input.Name!, Spec = spec, CreatedAt = now, State = new SiteState { SiteId = id, Verdict = Verdict.Pending, Since = now } };
        Fill(site, input, spec, now);
        site.State.NextCheckAt = site.Enabled ? now : null;
        site.State.PausedAt = site.Enabled ? null : now;
        site.State.StaleAt = SiteStanding.StaleAfter(now, site.Interval);
        db.Add(site);
        audit.Add("site.create", Subject(site), null, Document(site, null));
        return await SaveAsync(site, _ => Task.CompletedTask, cancel);
    }

    /// <param name="version">The version the editor saw; null to write over whatever is there.</param>
    public async Task<Result<Site>> UpdateAsync(Guid id, SiteInput input, uint? version, CancellationToken cancel)
    {
        if (await db.Set<Site>().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } site)
        {
            return Result<Site>.NotFound;
        }

        var errors = new FieldErrors();
        if (SiteReader.Read(input with { Key = input.Key ?? site.Key }, site, secrets, errors) is not { } spec)
        {
            return Result<Site>.Invalid(errors);
        }

        if (version is { } seen)
        {
            db.Entry(site).Property(s => s.Version).OriginalValue = seen;
        }

        var (before, was, wasEnabled, wasInterval) = (Document(site, null), site.Spec, site.Enabled, site.Interval);
        Fill(site, input with { Key = input.Key ?? site.Key }, spec, clock.GetUtcNow());
        audit.Add("site.update", Subject(site), before, Document(site, was));
        var isOther = SpecJson.Write(was) != SpecJson.Write(spec) || wasInterval != site.Interval;
        return await SaveAsync(
            site,
            connection => wasEnabled != site.Enabled ? SwitchAsync(connection, site, cancel) : site.Enabled && isOther ? RenewAsync(connection, site, cancel) : Task.CompletedTask,
            cancel);
    }

    /// <summary>Pauses or resumes. A pause ends what is open about the site, and nobody is told.</summary>
    public async Task<Result<Site>> SetEnabledAsync(Guid id, bool enabled, CancellationToken cancel)
    {
        if (await db.Set<Site>().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } site)
        {
            return Result<Site>.NotFound;
        }

        if (site.Enabled == enabled)
        {
            return Result<Site>.Done(site);
        }

        audit.Add(enabled ? "site.resume" : "site.pause", Subject(site), new() { ["enabled"] = site.Enabled }, new() { ["enabled"] = enabled });
        (site.Enabled, site.UpdatedAt) = (enabled, clock.GetUtcNow());
        return await SaveAsync(site, connection => SwitchAsync(connection, site, cancel), cancel);
    }

    /// <summary>Deletes a site and what was counted of it. Its incidents stay, and single checks until their day goes.</summary>
    public async Task<Result<Site>> DeleteAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Set<Site>().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } site)
        {
            return Result<Site>.NotFound;
        }

        audit.Add("site.delete", Subject(site), Document(site, null), null);
        db.Remove(site);
        return await SaveAsync(site, null, cancel);
    }

    /// <summary>Makes a site due now, beside its grid.</summary>
    /// <returns>The instant of the wish: a check that began after it is the answer. Refused while the site is paused.</returns>
    public async Task<Result<Site>> CheckSoonAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Set<Site>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } site)
        {
            return Result<Site>.NotFound;
        }

        var now = clock.GetUtcNow();
        if (await db.Set<SiteState>().Where(s => s.SiteId == id && s.PausedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.NextCheckAt, now).SetProperty(s => s.ClaimId, (Guid?)null).SetProperty(s => s.ClaimedBy, (Guid?)null), cancel) == 0)
        {
            return Result<Site>.Refused($"The site '{site.Key}' is paused: resume it first.");
        }

        await signals.PublishAsync([SiteTopics.Edited]);
        return Result<Site>.Done(site);
    }

    private async Task<Result<Site>> SaveAsync(Site site, Func<NpgsqlConnection, Task>? act, CancellationToken cancel)
    {
        try
        {
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                var connection = (NpgsqlConnection)db.Database.GetDbConnection();
                departures.Begin();
                if (act is null)
                {
                    await departures.LeaveAsync(connection, site, "no longer watched: the site was deleted", cancel);
                    await db.Set<History.SiteRollup>().Where(r => r.SiteId == site.Id).ExecuteDeleteAsync(cancel);
                }

                await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancel);
                await (act?.Invoke(connection) ?? Task.CompletedTask);
                await departures.TellAsync(connection, cancel);
                await transaction.CommitAsync(cancel);
            });
            db.ChangeTracker.AcceptAllChanges();
            await departures.ToldAsync();
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Result<Site>.Refused("Somebody else has changed this site meanwhile. Load it again and repeat your change.");
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return KeyTaken(site.Key);
        }

        await signals.PublishAsync([SiteTopics.Edited, SiteTopics.Changed, SiteTopics.Of(site.Id)]);
        return Result<Site>.Done(site);
    }

    /// <summary>Lets it be checked at once as what it is now.</summary>
    private async Task RenewAsync(NpgsqlConnection connection, Site site, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var command = new NpgsqlCommand("UPDATE site_states SET claim_id = NULL, claimed_by = NULL, next_check_at = $2, stale_at = $3 WHERE site_id = $1", connection)
        {
            Parameters = { new() { Value = site.Id }, new() { Value = now }, new() { Value = SiteStanding.StaleAfter(now, site.Interval) } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>After a pause it begins anew: what was seen before says nothing about now.</summary>
    private async Task SwitchAsync(NpgsqlConnection connection, Site site, CancellationToken cancel)
    {
        if (!site.Enabled)
        {
            await departures.LeaveAsync(connection, site, "no longer watched: the site was paused", cancel);
        }

        var now = clock.GetUtcNow();
        await using var command = new NpgsqlCommand("""
            UPDATE site_states SET claim_id = NULL, claimed_by = NULL, next_check_at = CASE WHEN $3 THEN $2 END, paused_at = CASE WHEN $3 THEN NULL ELSE $2 END,
                verdict = 'pending', since = $2, blind_since = NULL, row_status = NULL, row_count = 0, row_since = NULL, answers = 0, answers_since = NULL, stale_at = $4
            WHERE site_id = $1
            """, connection)
        {
            Parameters = { new() { Value = site.Id }, new() { Value = now }, new() { Value = site.Enabled }, new() { Value = SiteStanding.StaleAfter(now, site.Interval) } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static Result<Site> KeyTaken(string key) => Result<Site>.Invalid(new FieldErrors().Add("key", $"key: there is a site '{key}' already."));

    private async Task<string> FreeKeyAsync(string key, CancellationToken cancel)
    {
        var taken = await db.Set<Site>().Where(s => s.Key == key || s.Key.StartsWith(key + "-")).Select(s => s.Key).ToListAsync(cancel);
        return !taken.Contains(key) ? key : Enumerable.Range(2, taken.Count + 1).Select(n => $"{key}-{n}").First(candidate => !taken.Contains(candidate));
    }

    private static void Fill(Site site, SiteInput input, CheckSpec spec, DateTimeOffset now)
    {
        site.Key = input.Key ?? site.Key;
        site.Name = input.Name!;
        site.Group = input.Group ?? "";
        site.Tags = [.. (input.Tags ?? []).Distinct(StringComparer.Ordinal)];
        site.Description = input.Description ?? "";
        site.Enabled = input.Enabled ?? true;
        site.Spec = spec;
        site.Interval = input.Interval ?? SiteDefaults.Interval;
        site.FailureThreshold = input.FailureThreshold ?? SiteDefaults.FailureThreshold;
        site.RecoveryThreshold = input.RecoveryThreshold ?? SiteDefaults.RecoveryThreshold;
        site.Recheck = input.Recheck;
        site.UpdatedAt = now;
    }

    private static AuditSubject Subject(Site site) => new("site", site.Id.ToString(), site.Key);

    private static JsonObject Document(Site site, CheckSpec? was)
    {
        var document = JsonSerializer.SerializeToNode(SiteInput.Of(site), ScheduleInput.Json)!.AsObject();
        if (was is not null)
        {
            document["check"] = JsonSerializer.SerializeToNode(SiteSecrets.Hide(site.Spec, was), ScheduleInput.Json);
        }

        return document;
    }
}
