namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>How fast this worker checks: all instants, or every second one while events pile up that nobody reads.</summary>
internal sealed class CheckPace
{
    /// <summary>1, or 2 while sites are checked at every second instant only.</summary>
    public int Stretch { get; } = 1;
}
