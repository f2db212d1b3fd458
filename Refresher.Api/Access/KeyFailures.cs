using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Refresher.Api.Access;

/// <summary>Counts wrong keys by the address they come from: ten a minute. An IPv6 site is one address.</summary>
internal sealed class KeyFailures : IDisposable
{
    private const int Ipv6SiteBytes = 8;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<IPAddress> _wrong = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = 10, Window = Window }));

    /// <summary>How long the address should wait before it tries another key; null: it may now.</summary>
    public TimeSpan? WaitOf(IPAddress? address)
    {
        using var lease = _wrong.AttemptAcquire(SiteOf(address), permitCount: 0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    public void Count(IPAddress? address) => _wrong.AttemptAcquire(SiteOf(address)).Dispose();

    public void Dispose() => _wrong.Dispose();

    private static IPAddress SiteOf(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return address?.MapToIPv4() ?? IPAddress.None;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6SiteBytes).Clear();
        return new IPAddress(bytes);
    }
}
