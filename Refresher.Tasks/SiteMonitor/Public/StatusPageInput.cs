using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>The status page as people and programs give it. What is left out stays as it is.</summary>
public sealed record StatusPageInput
{
    [StringLength(100, MinimumLength = 1, ErrorMessage = "title: 1 to 100 characters.")]
    public string? Title { get; init; }

    [StringLength(1000, ErrorMessage = "description: at most 1000 characters.")]
    public string? Description { get; init; }

    /// <summary>Whether visitors see it.</summary>
    public bool? Published { get; init; }
}

/// <summary>A site on the status page as people and programs give it. What is left out stays as it is, or is the default of something new.</summary>
public sealed record StatusItemInput
{
    /// <summary>Lower-case words joined by hyphens; of something new made from the name.</summary>
    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "slug: lower-case letters, digits and single hyphens only, like web-shop.")]
    [StringLength(60, MinimumLength = 1, ErrorMessage = "slug: 1 to 60 characters.")]
    public string? Slug { get; init; }

    /// <summary>What visitors read; of something new the site's name.</summary>
    [StringLength(80, MinimumLength = 1, ErrorMessage = "name: 1 to 80 characters.")]
    public string? Name { get; init; }

    [StringLength(60, ErrorMessage = "section: at most 60 characters.")]
    public string? Section { get; init; }

    /// <summary>Whether visitors see response times; not, when it is not said.</summary>
    public bool? ShowResponse { get; init; }

    /// <summary>Whether its badges are public; not, when it is not said.</summary>
    public bool? Badges { get; init; }
}

/// <summary>The order of what is on the page.</summary>
public sealed record StatusOrderInput
{
    /// <summary>Sites by id or key; those that are left out keep their order behind them.</summary>
    [Required(ErrorMessage = "sites is needed: ids or keys of sites in the order wanted.")]
    [MaxLength(StatusPage.MostItems, ErrorMessage = "sites: at most 200.")]
    public string[]? Sites { get; init; }
}
