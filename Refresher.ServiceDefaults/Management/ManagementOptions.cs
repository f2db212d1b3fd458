using System.ComponentModel.DataAnnotations;

namespace Refresher.ServiceDefaults.Management;

/// <summary>Where a process answers those who operate it. Section <c>Management</c>.</summary>
public sealed record ManagementOptions
{
    /// <summary>Null: the process has no management port. 0: a free port is taken.</summary>
    [Range(0, 65535, ErrorMessage = "Management:Port must be a number from {1} to {2}.")]
    public int? Port { get; init; }

    /// <summary>An IP address of this machine, or <c>*</c> for all of them. Whoever reaches it can read the metrics.</summary>
    [Required(ErrorMessage = "Management:Address must name an interface, or be left out.")]
    public string Address { get; init; } = "127.0.0.1";
}
