using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.History;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>The status page for programs.</summary>
internal static class StatusJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Default,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), PlainJson.Converters[0], PlainJson.Converters[1] },
    };

    public static byte[] Write(StatusView view) => JsonSerializer.SerializeToUtf8Bytes(
        new StatusDocument(
            view.Title,
            view.Description,
            view.Status,
            view.Headline,
            view.MadeAt,
            view.ReadAt,
            view.CheckedAt,
            [.. view.Sites.Select(SiteDocument.Of)],
            [.. view.Open.Concat(view.Past).Select(IncidentDocument.Of)],
            [.. view.Maintenance.Select(notice => new MaintenanceDocument(notice.Title, notice.Text, notice.From, notice.To, notice.IsOpen, notice.Sites))]),
        Options);

    /// <param name="Status">The worst of the sites'.</param>
    /// <param name="MadeAt">When this was made.</param>
    /// <param name="ReadAt">When the database was last read: while it does not answer, this stays behind.</param>
    /// <param name="CheckedAt">When any of the sites was last checked.</param>
    private sealed record StatusDocument(
        string Title,
        string Description,
        VisitorStatus Status,
        string Headline,
        DateTimeOffset MadeAt,
        DateTimeOffset ReadAt,
        DateTimeOffset? CheckedAt,
        IReadOnlyList<SiteDocument> Sites,
        IReadOnlyList<IncidentDocument> Incidents,
        IReadOnlyList<MaintenanceDocument> Maintenance);

    /// <param name="Uptime">Of the last 24 hours, 7, 30 and 90 days, 0 to 1; null when nothing counts.</param>
    /// <param name="ResponseMs">Mean of the last 24 hours; null when it is not shown.</param>
    private sealed record SiteDocument(
        string Slug,
        string Name,
        string Section,
        VisitorStatus Status,
        DateTimeOffset Since,
        DateTimeOffset? CheckedAt,
        string? Reason,
        UptimeDocument Uptime,
        double? ResponseMs,
        IReadOnlyList<DayDocument> Days)
    {
        public static SiteDocument Of(SiteView site) => new(
            site.Slug,
            site.Name,
            site.Section,
            site.Status,
            site.Since,
            site.CheckedAt,
            site.Reason,
            new(site.Uptime[UptimeWindow.Day], site.Uptime[UptimeWindow.Week], site.Uptime[UptimeWindow.Month], site.Uptime[UptimeWindow.Quarter]),
            site.ResponseMs is { } ms ? Math.Round(ms, 1) : null,
            [.. site.Days.Where(day => day.Mark != DayMark.Before).Select(day => new DayDocument(day.Date, day.Mark, day.Uptime))]);
    }

    private sealed record UptimeDocument(double? Day, double? Week, double? Month, double? Quarter);

    private sealed record DayDocument(DateOnly Date, DayMark Status, double? Uptime);

    private sealed record IncidentDocument(string Slug, string Site, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string Reason, IReadOnlyList<LineDocument> Timeline)
    {
        public static IncidentDocument Of(IncidentView incident) =>
            new(incident.Slug, incident.Site, incident.OpenedAt, incident.ClosedAt, incident.Reason, [.. incident.Lines.Select(line => new LineDocument(line.At, line.Text, line.IsNote))]);
    }

    private sealed record LineDocument(DateTimeOffset At, string Text, bool IsNote);

    private sealed record MaintenanceDocument(string Title, string Text, DateTimeOffset From, DateTimeOffset To, bool IsOpen, IReadOnlyList<string> Sites);
}
