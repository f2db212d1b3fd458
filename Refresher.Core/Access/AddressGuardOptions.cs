namespace Refresher.Core.Access;

/// <summary>Which addresses the program may call on behalf of a task (section <c>Access:Outbound</c>).</summary>
public sealed record AddressGuardOptions
{
    public const string Section = "Access:Outbound";

    /// <summary>
    /// Whether private, loopback and otherwise non-public addresses may be called. True by default, because watching one's
    /// own network is what the program is for; false where people who may not reach that network can create schedules.
    /// </summary>
    public bool PrivateNetworks { get; init; } = true;
}
