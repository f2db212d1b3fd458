using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>What people and programs do to maintenance windows. A change acts within a second.</summary>
public sealed class MaintenanceCommands(RefresherDb db, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Windows that may be there; past that old ones have to go.</summary>
    private const int Most = 2000;

    public async Task<Result<MaintenanceWindow>> CreateAsync(MaintenanceInput input, CancellationToken cancel)
    {
        if (await db.Set<MaintenanceWindow>().CountAsync(cancel) >= Most)
        {
            return Result<MaintenanceWindow>.Refused($"There are {Most} windows already. Delete some that are over.");
        }

        var now = clock.GetUtcNow();
        return await SaveAsync(db.Add(new MaintenanceWindow { Id = Guid.CreateVersion7(now), Title = "", CreatedAt = now }).Entity, input, "maintenance.create", null, cancel);
    }

    /// <param name="version">The version the editor saw; null to write over whatever is there.</param>
    public async Task<Result<MaintenanceWindow>> ReplaceAsync(Guid id, MaintenanceInput input, uint? version, CancellationToken cancel)
    {
        if (await db.Set<MaintenanceWindow>().SingleOrDefaultAsync(w => w.Id == id, cancel) is not { } window)
        {
            return Result<MaintenanceWindow>.NotFound;
        }

        if (version is { } seen)
        {
            db.Entry(window).Property(w => w.Version).OriginalValue = seen;
        }

        return await SaveAsync(window, input, "maintenance.update", Document(window), cancel);
    }

    public async Task<Result<MaintenanceWindow>> DeleteAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Set<MaintenanceWindow>().SingleOrDefaultAsync(w => w.Id == id, cancel) is not { } window)
        {
            return Result<MaintenanceWindow>.NotFound;
        }

        db.Remove(window);
        audit.Add("maintenance.delete", Subject(window), Document(window), null);
        await db.SaveChangesAsync(cancel);
        await signals.PublishAsync([SiteTopics.Edited, SiteTopics.Changed]);
        return Result<MaintenanceWindow>.Done(window);
    }

    private async Task<Result<MaintenanceWindow>> SaveAsync(MaintenanceWindow window, MaintenanceInput input, string action, JsonObject? before, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var cron = MaintenanceReader.Read(input, errors);
        var sites = await SitesAsync(input.Sites ?? [], errors, cancel);
        if (errors.Count > 0)
        {
            db.ChangeTracker.Clear();
            return Result<MaintenanceWindow>.Invalid(errors);
        }

        Fill(window, input, cron, sites);
        audit.Add(action, Subject(window), before, Document(window));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Result<MaintenanceWindow>.Refused("Somebody else has changed this window meanwhile. Load it again and repeat your change.");
        }

        await signals.PublishAsync([SiteTopics.Edited, SiteTopics.Changed]);
        return Result<MaintenanceWindow>.Done(window);
    }

    private void Fill(MaintenanceWindow window, MaintenanceInput input, string? cron, Guid[] sites)
    {
        window.Title = input.Title!;
        window.Text = input.Text ?? "";
        window.Enabled = input.Enabled ?? true;
        window.Type = input.Type ?? MaintenanceType.Once;
        window.From = input.From?.ToUniversalTime();
        window.To = input.To?.ToUniversalTime();
        window.Cron = cron;
        window.Duration = input.Duration;
        window.TimeZone = input.TimeZone ?? "UTC";
        window.AllSites = input.AllSites is true;
        window.SiteIds = sites;
        window.Tags = [.. (input.Tags ?? []).Distinct(StringComparer.Ordinal)];
        window.Groups = [.. (input.Groups ?? []).Distinct(StringComparer.Ordinal)];
        window.UpdatedAt = clock.GetUtcNow();
    }

    private async Task<Guid[]> SitesAsync(string[] named, FieldErrors errors, CancellationToken cancel)
    {
        var ids = named.Select(name => Guid.TryParse(name, out var id) ? id : Guid.Empty).ToArray();
        var found = await db.Set<Site>().Where(s => ids.Contains(s.Id) || named.Contains(s.Key)).Select(s => new { s.Id, s.Key }).ToListAsync(cancel);
        foreach (var name in named.Where((name, at) => !found.Exists(site => site.Key == name || site.Id == ids[at])))
        {
            errors.Add("sites", $"sites: there is no site '{name}'.");
        }

        return [.. found.Select(site => site.Id)];
    }

    private static AuditSubject Subject(MaintenanceWindow window) => new("maintenance", window.Id.ToString(), window.Title);

    private static JsonObject Document(MaintenanceWindow window)
    {
        var document = JsonSerializer.SerializeToNode(window, JsonSerializerOptions.Web)!.AsObject();
        foreach (var name in new[] { "id", "createdAt", "updatedAt", "version" })
        {
            document.Remove(name);
        }

        return document;
    }
}
