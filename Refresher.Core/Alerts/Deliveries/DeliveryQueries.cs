using Microsoft.EntityFrameworkCore;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>Which deliveries a list shows. Null members do not filter.</summary>
public sealed record DeliveryFilter
{
    public DeliveryState? State { get; init; }

    public Guid? Channel { get; init; }

    public Guid? Rule { get; init; }

    /// <summary>The id of what it is about.</summary>
    public string? Subject { get; init; }

    public NoticeKind? Notice { get; init; }
}

/// <summary>Reads of deliveries, shared by page and end point. Lists go from the latest to the earliest.</summary>
public sealed class DeliveryQueries(RefresherDb db)
{
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<Delivery>> ListAsync(DeliveryFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var deliveries = db.Deliveries.AsNoTracking();
        deliveries = filter.State is { } state ? deliveries.Where(d => d.State == state) : deliveries;
        deliveries = filter.Channel is { } channel ? deliveries.Where(d => d.ChannelId == channel) : deliveries;
        deliveries = filter.Rule is { } rule ? deliveries.Where(d => d.RuleId == rule) : deliveries;
        deliveries = filter.Subject is { } subject ? deliveries.Where(d => d.SubjectId == subject) : deliveries;
        deliveries = filter.Notice is { } notice ? deliveries.Where(d => d.Notice == notice) : deliveries;
        deliveries = after is { } last ? deliveries.Where(d => d.Id < last) : deliveries;
        var read = await deliveries.OrderByDescending(d => d.Id).Take(limit + 1).ToListAsync(cancel);
        return Page<Delivery>.Of(read, limit, delivery => delivery.Id.ToString());
    }

    public Task<Delivery?> FindAsync(Guid id, CancellationToken cancel) => db.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancel);

    /// <summary>What was told last over each of some channels.</summary>
    public async Task<IReadOnlyDictionary<Guid, Delivery>> LastAsync(IReadOnlyCollection<Guid> channels, CancellationToken cancel)
    {
        var last = new Dictionary<Guid, Delivery>();
        foreach (var channel in channels)
        {
            if (await db.Deliveries.AsNoTracking().Where(d => d.ChannelId == channel).OrderByDescending(d => d.Id).FirstOrDefaultAsync(cancel) is { } delivery)
            {
                last.Add(channel, delivery);
            }
        }

        return last;
    }
}
