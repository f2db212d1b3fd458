using System.Net;
using System.Threading.RateLimiting;
using Refresher.Core.Http;

namespace Refresher.Tasks.Heartbeats;

/// <summary>How often one token and one address may call this Api: enough for any job, too little for a flood or for guessing. An IPv6 site is one address.</summary>
internal sealed class BeatRates : IDisposable
{
    /// <summary>Calls of one token: so many at once, and then one a second.</summary>
    public const int OfToken = 60;

    /// <summary>Calls of one address: so many at once, and then fifty a second; a host may run many jobs.</summary>
    private const int OfAddress = 3000;

    /// <summary>Unknown tokens of one address in a minute.</summary>
    public const int Unknown = 30;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string> _tokens = PartitionedRateLimiter.Create<string, string>(token => Bucket(token, OfToken, 1));

    private readonly PartitionedRateLimiter<IPAddress> _addresses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => Bucket(address, OfAddress, 50));

    private readonly PartitionedRateLimiter<IPAddress> _unknown = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = Unknown, Window = TimeSpan.FromMinutes(1) }));

    /// <summary>Counts a call.</summary>
    /// <returns>How long to wait; null: it may be taken.</returns>
    public TimeSpan? WaitOf(string token, IPAddress? address)
    {
        var site = ClientAddress.Network(address);
        using var guesses = _unknown.AttemptAcquire(site, permitCount: 0);
        using var ofAddress = guesses.IsAcquired ? _addresses.AttemptAcquire(site) : null;
        using var ofToken = ofAddress?.IsAcquired is true ? _tokens.AttemptAcquire(token) : null;
        var refused = !guesses.IsAcquired ? guesses : ofAddress is { IsAcquired: false } ? ofAddress : ofToken is { IsAcquired: false } ? ofToken : null;
        return refused is null ? null : refused.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > Second ? wait : Second;
    }

    public void CountUnknown(IPAddress? address) => _unknown.AttemptAcquire(ClientAddress.Network(address)).Dispose();

    public void Dispose()
    {
        _tokens.Dispose();
        _addresses.Dispose();
        _unknown.Dispose();
    }

    private static RateLimitPartition<T> Bucket<T>(T key, int most, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = most,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = Second,
        QueueLimit = 0,
        AutoReplenishment = false,
    });
}
