using System.Net;

namespace Refresher.Core.Access;

/// <summary>A host's name led only to addresses that the <see cref="AddressGuard"/> refuses.</summary>
public sealed class AddressRefusedException(string host, IPAddress address, string why)
    : Exception($"{host} leads to {address}, which is not called: {why}.")
{
    public IPAddress Address { get; } = address;
}
