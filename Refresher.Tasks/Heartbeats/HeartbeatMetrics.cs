using System.Diagnostics.Metrics;
using Refresher.Core.Telemetry;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Instruments of heartbeats, listed in docs/telemetry.md.</summary>
internal static class HeartbeatMetrics
{
    public static readonly Counter<long> Beats = RefresherTelemetry.Meter.CreateCounter<long>("refresher.beats", "{beat}", "Calls of heartbeats that were heard, by kind.");

    public static readonly Counter<long> Refused = RefresherTelemetry.Meter.CreateCounter<long>("refresher.beats.refused", "{beat}", "Calls of heartbeats that were refused, by why.");

    public static readonly Gauge<long> States = RefresherTelemetry.Meter.CreateGauge<long>("refresher.heartbeats", "{heartbeat}", "Heartbeats by state, as the last look for missed ones saw them.");
}

/// <summary>Live topics of heartbeats.</summary>
internal static class HeartbeatTopics
{
    /// <summary>Any heartbeat.</summary>
    public const string All = "heartbeats";

    public static string One(Guid id) => $"heartbeat:{id:N}";
}
