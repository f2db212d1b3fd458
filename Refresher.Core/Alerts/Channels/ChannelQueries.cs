using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Alerts.Channels;

/// <summary>Reads of channels, shared by pages and end points. Lists go by name; there are at most <see cref="ChannelCommands.Most"/>.</summary>
public sealed class ChannelQueries(RefresherDb db)
{
    public Task<List<Channel>> ListAsync(CancellationToken cancel) => db.Channels.AsNoTracking().OrderBy(c => c.Name).Take(ChannelCommands.Most).ToListAsync(cancel);

    public Task<Channel?> FindAsync(Guid id, CancellationToken cancel) => db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel);
}
