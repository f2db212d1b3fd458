using Microsoft.EntityFrameworkCore;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Digests;

/// <summary>Puts a digest together from what every part has to say, and hands it to channels.</summary>
public sealed class DigestPost(RefresherDb db, IEnumerable<IDigestSection> sections, DeliveryCommands deliveries)
{
    /// <summary>Everything from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public async Task<AlertMessage> WriteAsync(string title, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var tables = new List<MessageTable>();
        foreach (var section in sections.OrderBy(section => section.Order))
        {
            if (await section.WriteAsync(from, to, cancel) is { } table)
            {
                tables.Add(table);
            }
        }

        return new AlertMessage { Notice = NoticeKind.Digest, Title = title, At = to, Reason = $"From {MessageText.Of(from)} to {MessageText.Of(to)}.", Path = "/", Tables = tables };
    }

    /// <summary>Writes the deliveries; what was handed over already under this key is not sent again.</summary>
    /// <param name="key">The same for the same digest: that of the run that makes it.</param>
    /// <param name="channels">Names of channels.</param>
    /// <returns>Names that no channel has; then nothing is sent.</returns>
    public async Task<IReadOnlyList<string>> SendAsync(string key, AlertMessage message, IReadOnlyCollection<string> channels, CancellationToken cancel)
    {
        var known = await db.Channels.AsNoTracking().Where(channel => channels.Contains(channel.Name)).Select(channel => new { channel.Id, channel.Name }).ToListAsync(cancel);
        if (channels.Except(known.Select(channel => channel.Name)).ToArray() is { Length: > 0 } missing)
        {
            return missing;
        }

        await deliveries.AddAsync($"digest/{key}", message, [.. known.Select(channel => channel.Id)], cancel);
        return [];
    }
}
