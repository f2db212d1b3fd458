using System.Net;
using System.Threading.RateLimiting;

namespace Refresher.Api.Access;

/// <summary>Counts wrong keys by the address they come from: ten a minute. An IPv6 site is one address.</summary>
internal sealed class KeyFailures : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<IPAddress> _wrong = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = 10, Window = Window }));

    /// <summary>How long the address should wait before it tries another key; null: it may now.</summary>
    public TimeSpan? WaitOf(IPAddress? address)
    {
        using var lease = _wrong.AttemptAcquire(ClientAddress.Network(address), permitCount: 0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    public void Count(IPAddress? address) => _wrong.AttemptAcquire(ClientAddress.Network(address)).Dispose();

    public void Dispose() => _wrong.Dispose();
}
