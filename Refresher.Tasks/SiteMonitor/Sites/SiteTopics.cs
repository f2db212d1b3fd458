namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>Live topics of sites, see <c>LiveSignals</c>.</summary>
public static class SiteTopics
{
    /// <summary>A site was made, edited, paused, deleted or is to be checked at once: checkers look.</summary>
    public const string Edited = "sites-edited";

    /// <summary>Some site stands otherwise than before, or an incident or a window was edited: lists look.</summary>
    public const string Changed = "sites";

    /// <summary>One site was checked.</summary>
    public static string Of(Guid site) => $"site:{site:N}";
}
