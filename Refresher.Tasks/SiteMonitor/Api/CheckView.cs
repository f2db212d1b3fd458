using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>A check as the Api shows it. Times are in milliseconds, and null for phases that did not happen.</summary>
internal sealed record CheckView(
    Guid Id,
    DateTimeOffset CheckedAt,
    CheckStatus Status,
    bool InMaintenance,
    CheckFault? Fault,
    string? Error,
    int? StatusCode,
    double? DnsMs,
    double? ConnectMs,
    double? TlsMs,
    double? FirstByteMs,
    double? TransferMs,
    double TotalMs,
    long? Bytes,
    string? Address,
    DateTimeOffset? CertificateExpiresAt,
    bool? Matched,
    string? Body,
    DateTimeOffset? WrittenAt)
{
    public static CheckView Of(SiteCheck check) => new(
        check.Id,
        check.CheckedAt,
        check.Status,
        check.InMaintenance,
        check.Fault,
        check.Error,
        check.StatusCode,
        check.DnsMs,
        check.ConnectMs,
        check.TlsMs,
        check.FirstByteMs,
        check.TransferMs,
        check.TotalMs,
        check.Bytes,
        check.Address,
        check.CertificateExpiresAt,
        check.Matched,
        check.Body,
        check.WrittenAt);
}

/// <summary>What some time came to. Times are in milliseconds, of the checks that were answered.</summary>
/// <param name="Uptime">The part that was answered of the checks that count, 0 to 1; null when none counts.</param>
internal sealed record FiguresView(
    DateTimeOffset From,
    double? Uptime,
    long Checks,
    long Up,
    long Degraded,
    long Down,
    long Unknown,
    long Maintenance,
    double? MeanMs,
    double? MinMs,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    double? MaxMs)
{
    public static FiguresView? Of(SiteFigures? figures) => figures is null ? null : new(
        figures.From,
        figures.Uptime,
        figures.Checks,
        figures.Up,
        figures.Degraded,
        figures.Down,
        figures.Unknown,
        figures.Maintenance,
        figures.Mean,
        figures.Answered == 0 ? null : figures.Min,
        figures.Percentile(0.5),
        figures.Percentile(0.95),
        figures.Percentile(0.99),
        figures.Answered == 0 ? null : figures.Max);
}

/// <summary>Each is null when there were no checks.</summary>
internal sealed record UptimeView(FiguresView? Day, FiguresView? Week, FiguresView? Month, FiguresView? Quarter);
