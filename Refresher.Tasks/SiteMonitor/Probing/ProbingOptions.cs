namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>How sites are looked at (section <c>SiteMonitor:Probing</c>).</summary>
internal sealed record ProbingOptions
{
    public const string Section = "SiteMonitor:Probing";

    /// <summary>
    /// Whether names are resolved by the system (nsswitch, mDNS, LDAP) and not by our own client, which reads <c>/etc/hosts</c> and
    /// <c>/etc/resolv.conf</c>. The system's resolver takes a thread for each name that is slow.
    /// </summary>
    public bool SystemResolver { get; init; }

    /// <summary>A PEM file with certificates of authorities that are trusted beside those of the machine, as one's own; null: none. Read at the start.</summary>
    public string? TrustedAuthorities { get; init; }
}
