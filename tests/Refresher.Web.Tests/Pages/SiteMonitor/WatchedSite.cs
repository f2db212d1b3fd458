using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Tasks.SiteMonitor.Sites;
using Watched = Refresher.Tasks.SiteMonitor.Sites.Site;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>Sites as a checker would have left them, and what is public of them.</summary>
internal static class WatchedSite
{
    /// <summary>Stands in everything of a site that visitors must not see.</summary>
    public const string Secret = "qzx-private-marker";

    /// <summary>A site whose key, target, headers, body, error and text hold the marker, with an open incident that has a private note and a public one.</summary>
    /// <param name="validFor">Until then its verdict counts, if nobody looks again.</param>
    public static async Task<Watched> AddAsync(WebUnderTest web, string name, TimeSpan validFor, Verdict verdict = Verdict.Up)
    {
        var site = await web.UseAsync(async services =>
        {
            var spec = new CheckSpec
            {
                Target = $"http://{Secret}.example/",
                Http = new HttpCheck { Headers = [$"X-Token: {Secret}"], Method = "POST", Body = Secret, User = Secret, Secret = Secret },
            };
            var input = new SiteInput { Name = $"{Secret} {name}", Description = Secret, Group = Secret, Tags = [Secret], Check = System.Text.Json.JsonSerializer.SerializeToElement(spec, Refresher.Core.Schedules.ScheduleInput.Json) };
            var made = await services.GetRequiredService<SiteCommands>().CreateAsync(input, CancellationToken.None);
            return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString() ?? made.Conflict);
        });
        await StandAsync(web, site, verdict, validFor);
        return site;
    }

    /// <summary>As if a check had just been made.</summary>
    public static Task StandAsync(WebUnderTest web, Watched site, Verdict verdict, TimeSpan validFor) => web.UseAsync(async services =>
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await services.GetRequiredService<RefresherDb>().Set<SiteState>().Where(s => s.SiteId == site.Id).ExecuteUpdateAsync(set => set
            .SetProperty(s => s.Verdict, verdict).SetProperty(s => s.Since, now.AddHours(-1)).SetProperty(s => s.LastCheckedAt, now).SetProperty(s => s.StaleAt, now + validFor)
            .SetProperty(s => s.NextCheckAt, (DateTimeOffset?)null).SetProperty(s => s.LastFault, CheckFault.Timeout).SetProperty(s => s.LastError, Secret));
    });

    public static Task FailAsync(WebUnderTest web, Watched site) => web.UseAsync(async services =>
    {
        var db = services.GetRequiredService<RefresherDb>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var incident = new Incident { Id = Guid.CreateVersion7(now), SiteId = site.Id, SiteKey = site.Key, SiteName = site.Name, OpenedAt = now, ConfirmedAt = now, Fault = CheckFault.Timeout, LastFault = CheckFault.Timeout, Reason = Secret, FailedChecks = 2 };
        db.Add(incident);
        foreach (var (kind, text, isPublic) in new[] { (IncidentUpdateKind.Opened, Secret, false), (IncidentUpdateKind.Changed, Secret, true), (IncidentUpdateKind.Note, Secret, false), (IncidentUpdateKind.Note, "We change <b>the disk</b>.", true) })
        {
            db.Add(new IncidentUpdate { Id = Guid.CreateVersion7(now), IncidentId = incident.Id, At = now, Kind = kind, Text = text, Author = Secret, IsPublic = isPublic });
        }

        await db.SaveChangesAsync();
    });

    public static Task PublishAsync(WebUnderTest web, Watched site, StatusItemInput input, bool published = true) => web.UseAsync(async services =>
    {
        var commands = services.GetRequiredService<StatusPageCommands>();
        Assert.NotNull((await commands.PutAsync(site, input, CancellationToken.None)).Value);
        Assert.NotNull((await commands.SetAsync(new StatusPageInput { Title = "Our services", Published = published }, CancellationToken.None)).Value);
    });
}
