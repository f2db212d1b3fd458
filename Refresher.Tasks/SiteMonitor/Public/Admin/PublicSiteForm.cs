using Microsoft.AspNetCore.Http;

namespace Refresher.Tasks.SiteMonitor.Public.Admin;

/// <summary>How visitors see a site, as the texts of its form.</summary>
public sealed record PublicSiteForm
{
    /// <summary>Its id; empty while none is chosen.</summary>
    public string Site { get; init; } = "";

    public string Name { get; init; } = "";

    public string Section { get; init; } = "";

    public string Slug { get; init; } = "";

    public bool ShowResponse { get; init; }

    public bool Badges { get; init; }

    public static PublicSiteForm From(StatusItem item) => new()
    {
        Site = item.SiteId.ToString(),
        Name = item.Name,
        Section = item.Section,
        Slug = item.Slug,
        ShowResponse = item.ShowResponse,
        Badges = item.Badges,
    };

    public static PublicSiteForm Sent(IFormCollection sent) => new()
    {
        Site = sent["site"].ToString(),
        Name = sent["name"].ToString().Trim(),
        Section = sent["section"].ToString().Trim(),
        Slug = sent["slug"].ToString().Trim(),
        ShowResponse = sent["showResponse"] == "true",
        Badges = sent["badges"] == "true",
    };

    /// <summary>What is empty and may not be is left to be made.</summary>
    public StatusItemInput ToInput() => new()
    {
        Name = Name.Length == 0 ? null : Name,
        Section = Section,
        Slug = Slug.Length == 0 ? null : Slug,
        ShowResponse = ShowResponse,
        Badges = Badges,
    };
}
