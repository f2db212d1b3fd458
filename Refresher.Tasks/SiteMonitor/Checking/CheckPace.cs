using Refresher.Core.Outbox;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>How fast this worker checks: at all instants, or at every second one while events pile up that nobody reads.</summary>
internal sealed class CheckPace(OutboxPressure pressure)
{
    /// <summary>1, or 2 while sites are checked at every second instant only.</summary>
    public int Stretch => pressure.IsHigh ? 2 : 1;
}
