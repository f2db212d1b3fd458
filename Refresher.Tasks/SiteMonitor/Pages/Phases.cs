namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>The parts of a look, in milliseconds; null for what did not happen.</summary>
public readonly record struct Phases(double? Dns, double? Connect, double? Tls, double? FirstByte, double? Transfer)
{
    /// <summary>Name for a class, name for people, and milliseconds, in the order in which they happen.</summary>
    public IEnumerable<(string Class, string Name, double? Ms)> All =>
        [("dns", "name", Dns), ("connect", "connect", Connect), ("tls", "TLS", Tls), ("first", "first byte", FirstByte), ("transfer", "transfer", Transfer)];

    public double Sum => All.Sum(phase => phase.Ms ?? 0);
}
