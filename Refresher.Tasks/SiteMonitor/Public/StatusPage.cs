using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>The page that visitors see without a login. What is on it are its items, and nothing else.</summary>
public sealed class StatusPage
{
    /// <summary>The slug of the one page there is.</summary>
    public const string Main = "main";

    /// <summary>Items a page may have.</summary>
    public const int MostItems = 200;

    public required string Slug { get; init; }

    public required string Title { get; set; }

    /// <summary>What visitors read below the title; may be empty.</summary>
    public string Description { get; set; } = "";

    /// <summary>False: visitors see neither the page nor its JSON. Badges are public each by itself.</summary>
    public bool Published { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>In their order.</summary>
    public List<StatusItem> Items { get; init; } = [];

    /// <summary>The page as it is before anybody has set anything.</summary>
    public static StatusPage Unset() => new() { Slug = Main, Title = "Status" };
}

/// <summary>A site as visitors see it, under names that were chosen for them.</summary>
public sealed class StatusItem
{
    public required string PageSlug { get; init; }

    public Guid SiteId { get; init; }

    /// <summary>Unique: how the JSON and badges refer to it. It need not be the site's key.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }

    /// <summary>Items of one section stand together; may be empty.</summary>
    public string Section { get; set; } = "";

    /// <summary>The place on the page, from 1.</summary>
    public int Order { get; set; }

    /// <summary>Whether visitors see how long it takes to answer.</summary>
    public bool ShowResponse { get; set; }

    /// <summary>Whether its badges are public, with the page or without it.</summary>
    public bool Badges { get; set; }

    /// <summary>Since when it is an item.</summary>
    public DateTimeOffset AddedAt { get; init; }
}

internal sealed class StatusPageMapping : IEntityTypeConfiguration<StatusPage>, IEntityTypeConfiguration<StatusItem>
{
    public void Configure(EntityTypeBuilder<StatusPage> page)
    {
        page.ToTable("status_pages");
        page.HasKey(p => p.Slug);
        page.HasMany(p => p.Items).WithOne().HasForeignKey(i => i.PageSlug).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<StatusItem> item)
    {
        item.ToTable("status_items");
        item.HasKey(i => new { i.PageSlug, i.SiteId });
        item.HasIndex(i => i.Slug).IsUnique();
        item.Property(i => i.Order).HasColumnName("place");

        // A site that is deleted is public no more.
        item.HasOne<Site>().WithMany().HasForeignKey(i => i.SiteId).OnDelete(DeleteBehavior.Cascade);
    }
}
