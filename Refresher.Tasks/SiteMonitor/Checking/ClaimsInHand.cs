using System.Collections.Concurrent;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>The claims of this worker from when they are taken until what was found is written.</summary>
internal sealed class ClaimsInHand
{
    private readonly ConcurrentDictionary<Guid, DueSite> _claims = new();

    public int Count => _claims.Count;

    public Guid[] Ids => [.. _claims.Keys];

    public void Add(DueSite site) => _claims[site.ClaimId] = site;

    public void Remove(Guid claimId) => _claims.TryRemove(claimId, out _);
}
