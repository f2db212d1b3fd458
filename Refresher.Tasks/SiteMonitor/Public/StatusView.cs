using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>How something stands for visitors.</summary>
public enum VisitorStatus
{
    Up,
    Degraded,
    Down,

    /// <summary>Announced work is under way.</summary>
    Maintenance,

    /// <summary>Nobody has looked lately: nothing is claimed.</summary>
    Unknown,
}

/// <summary>What visitors are told at an instant. Made anew from the facts each time, so that it never outlives what it says.</summary>
/// <param name="Sections">In the order of their first item.</param>
/// <param name="Open">Incidents that go on, the latest first.</param>
/// <param name="Past">Those that ended lately.</param>
/// <param name="MadeAt">That instant.</param>
/// <param name="ReadAt">When the database was asked.</param>
/// <param name="CheckedAt">When any of the sites was last checked; null: never.</param>
public sealed record StatusView(
    string Title,
    string Description,
    VisitorStatus Status,
    string Headline,
    IReadOnlyList<SectionView> Sections,
    IReadOnlyList<IncidentView> Open,
    IReadOnlyList<IncidentView> Past,
    IReadOnlyList<MaintenanceNotice> Maintenance,
    DateTimeOffset MadeAt,
    DateTimeOffset ReadAt,
    DateTimeOffset? CheckedAt)
{
    public IEnumerable<SiteView> Sites => Sections.SelectMany(section => section.Sites);
}

/// <summary>Items that stand together.</summary>
/// <param name="Name">May be empty.</param>
public sealed record SectionView(string Name, IReadOnlyList<SiteView> Sites);

/// <summary>A site as visitors see it.</summary>
/// <param name="Since">Since when it stands so.</param>
/// <param name="Reason">Why it is down, as a category; null otherwise.</param>
/// <param name="Days">90, today last.</param>
/// <param name="Hours">24, this hour last; null: visitors do not see response times.</param>
public sealed record SiteView(
    string Slug,
    string Name,
    string Section,
    VisitorStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? CheckedAt,
    string? Reason,
    IReadOnlyDictionary<UptimeWindow, double?> Uptime,
    IReadOnlyList<DayView> Days,
    IReadOnlyList<HourView>? Hours,
    double? ResponseMs,
    bool HasBadges);

/// <summary>What a day's bar shows.</summary>
public enum DayMark
{
    Up,
    Degraded,

    /// <summary>Down for less than a twentieth of the checks.</summary>
    Part,
    Down,
    Maintenance,

    /// <summary>It was not looked at.</summary>
    Unknown,

    /// <summary>It was not watched yet.</summary>
    Before,
}

/// <summary>A day of a site.</summary>
/// <param name="Uptime">0 to 1; null when nothing counts.</param>
public sealed record DayView(DateOnly Date, DayMark Mark, double? Uptime, string Words);

/// <summary>An hour of a site.</summary>
/// <param name="MeanMs">Null when nothing was answered.</param>
public sealed record HourView(DateTimeOffset From, double? MeanMs, double? MostMs);

/// <summary>An incident as visitors see it.</summary>
public sealed record IncidentView(string Slug, string Site, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string Reason, IReadOnlyList<LineView> Lines)
{
    internal static IncidentView Of(IncidentFacts incident, StatusItem item) => new(
        item.Slug, item.Name, incident.OpenedAt, incident.ClosedAt, PublicText.Of(incident.Fault), [.. incident.Lines.Select(line => LineView.Of(line, incident))]);
}

/// <summary>A line of an incident's timeline, as visitors read it.</summary>
/// <param name="IsNote">Written by a person.</param>
public sealed record LineView(DateTimeOffset At, string Text, bool IsNote)
{
    internal static LineView Of(IncidentLine line, IncidentFacts incident) => line switch
    {
        { Note: { } note } => new(line.At, note, true),
        { Kind: IncidentUpdateKind.Opened } => new(line.At, $"Down: {PublicText.Of(incident.Fault).ToLowerInvariant()}.", false),
        { Kind: IncidentUpdateKind.Closed } => new(line.At, "It is over.", false),
        _ => new(line.At, "It fails for another reason now.", false),
    };
}

/// <summary>Announced work, under way or to come.</summary>
/// <param name="Sites">Names of the public sites that it is about; empty: all of them.</param>
public sealed record MaintenanceNotice(string Title, string Text, DateTimeOffset From, DateTimeOffset To, bool IsOpen, IReadOnlyList<string> Sites);
