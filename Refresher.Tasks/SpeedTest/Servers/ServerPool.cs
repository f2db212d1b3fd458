using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>
/// The servers that tests may use: those of the configuration, those that people named, and those of the directories that are switched on.
/// What is resting because it asked to be left alone is not among them.
/// </summary>
internal sealed class ServerPool(RefresherDb db, DirectoryReader reader, IOptionsMonitor<SpeedTestSettings> settings, TimeProvider clock)
{
    /// <summary>A server rests for this long when it says "too many requests" and not for how long.</summary>
    private static readonly TimeSpan UsualRest = TimeSpan.FromHours(1);

    /// <summary>The longest rest that is taken at its word.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(7);

    /// <summary>All of them, lists that are a day old read anew.</summary>
    /// <param name="only">Names of directories; empty: all that are used.</param>
    public async Task<IReadOnlyList<SpeedServer>> ListAsync(IReadOnlyCollection<string> only, CancellationToken cancel)
    {
        var used = (await reader.UsedAsync(cancel)).Where(name => only.Count == 0 || only.Contains(name)).ToArray();
        foreach (var name in used)
        {
            await reader.RefreshAsync(name, onlyIfOld: true, cancel);
        }

        var own = only.Count == 0 || only.Contains(OwnServers.Name);
        var configured = own ? settings.CurrentValue.Servers : [];
        var stored = await db.Set<KnownServer>().AsNoTracking().Where(s => used.Contains(s.Directory) || (own && s.Directory == OwnServers.Name)).ToListAsync(cancel);
        var resting = stored.Where(server => server.RestsUntil > clock.GetUtcNow()).Select(server => server.Url).ToHashSet(StringComparer.Ordinal);
        return [.. configured.Concat(stored.Where(server => !server.Configured).Select(server => server.ToServer())).DistinctBy(server => server.Key).Where(server => !resting.Contains(server.Key))];
    }

    /// <summary>Keeps how far away the servers of a test were.</summary>
    public async Task NoteAsync(IReadOnlyCollection<ServerAnswer> answers, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var keys = answers.Select(answer => answer.Server.Key).ToArray();
        var known = await db.Set<KnownServer>().Where(s => keys.Contains(s.Url)).ToDictionaryAsync(s => s.Url, cancel);
        foreach (var answer in answers.Where(answer => !answer.Server.SelfTest))
        {
            if (!known.TryGetValue(answer.Server.Key, out var server))
            {
                db.Add(server = KnownServer.Of(answer.Server, now));
                server.Configured = true;
            }
            else if (answer.Server.Directory == OwnServers.Name && server.Configured)
            {
                server.Describe(answer.Server);
                server.SeenAt = now;
            }

            (server.AskedAt, server.LatencyMs, server.Failure) = (now, answer.LatencyMs, answer.Failure);
            server.RestsUntil = answer.Busy is { } busy ? RestOf(busy, now) : server.RestsUntil;
        }

        await db.SaveChangesAsync(cancel);
    }

    /// <summary>A server said "too many requests" (status 429) while it was measured: it is left alone for as long as it wishes.</summary>
    /// <returns>Until when.</returns>
    public async Task<DateTimeOffset> RestAsync(SpeedServer server, TimeSpan? retryAfter, CancellationToken cancel)
    {
        var until = RestOf(retryAfter ?? TimeSpan.Zero, clock.GetUtcNow());
        await db.Set<KnownServer>().Where(s => s.Url == server.Key).ExecuteUpdateAsync(set => set.SetProperty(s => s.RestsUntil, until), cancel);
        return until;
    }

    /// <param name="wish">Zero where it did not say how long.</param>
    internal static DateTimeOffset RestOf(TimeSpan wish, DateTimeOffset now) => now + (wish <= TimeSpan.Zero ? UsualRest : wish > LongestRest ? LongestRest : wish);
}
