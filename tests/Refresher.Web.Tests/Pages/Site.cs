using System.Text.RegularExpressions;
using Refresher.Tasks;

namespace Refresher.Web.Tests.Pages;

/// <summary>The pages that are always there, and what holds for each.</summary>
internal static partial class Site
{
    public static IReadOnlyList<string> Paths { get; } =
    [
        "/", "/schedules", "/schedules?search=x&show=failing&kind=hello&tag=a", "/schedules/import", "/schedules/import?tag=a&search=x", "/schedules/import-crontab", "/runs",
        "/runs?state=failed&kind=hello&trigger=manual&since=24h", "/runs?state=nonsense&after=nonsense&schedule=nonsense", "/runs?text=a%00b&in=log&late=x&from=x&to=2026-01-01T08:00&zone=Nowhere/Land&tag=a&worker=w&queue=q", "/workers", "/tasks", "/audit", "/audit?subject=x&actor=%00&action=run&since=24h&after=nonsense", "/account", "/system", "/forbidden",
        "/queues", "/events", "/events?consumer=%00&after=nonsense", "/calendars", "/calendars/new", "/limits", "/limits/set", "/limits/set?scope=key&name=a/b:c", "/limits/set?scope=nonsense&name=%00",
        .. TaskCatalog.Kinds.Where(kind => kind.CanRun).Select(kind => $"/schedules/new?kind={kind.Name}"),
        .. ITaskPages.All.SelectMany(task => task.Paths),
    ];

    /// <summary>Nothing that the policy would refuse: no inline script, no handler, no style.</summary>
    public static void AssertClean(string path, string html) => Assert.False(Inline().IsMatch(html), $"{path}: {Inline().Match(html).Value}");

    [GeneratedRegex("""<script(?![^>]*src=)[^>]*>|<style|<[a-z][a-z0-9-]*(?:\s+[\w:@-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*\s+(?:style|on[a-z]+)\s*=""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();
}
