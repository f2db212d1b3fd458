using System.ComponentModel.DataAnnotations;

namespace Refresher.ServiceDefaults.Management;

/// <summary>Where a process answers those who operate it. Section <c>Management</c>.</summary>
public sealed record ManagementOptions
{
    /// <summary>Null: the process has no management port. 0: a free port is taken.</summary>
    [Range(0, 65535)]
    public int? Port { get; init; }

    /// <summary>An IP address of this machine, or <c>*</c> for all of them. Whoever reaches it can read the metrics.</summary>
    [Required]
    public string Address { get; init; } = "127.0.0.1";
}
