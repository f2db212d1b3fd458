using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>Reads the lists of directories that are switched on, and no others, into the table of servers.</summary>
internal sealed partial class DirectoryReader(
    RefresherDb db, IEnumerable<ISpeedDirectory> directories, DirectoryHttp http, IOptionsMonitor<SpeedTestSettings> settings, TimeProvider clock, ILogger<DirectoryReader> log)
{
    /// <summary>Lists change slowly.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromDays(1);

    /// <summary>A list that could not be read is not asked for again sooner.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(15);

    public IReadOnlyList<ISpeedDirectory> All { get; } = [.. directories];

    public ISpeedDirectory? Find(string name) => All.FirstOrDefault(directory => directory.Name == name);

    /// <summary>Names of those that are switched on, by a person or in the configuration, and whose terms, if there are any, a person has accepted.</summary>
    public async Task<IReadOnlyList<string>> UsedAsync(CancellationToken cancel)
    {
        var states = await db.Set<DirectoryState>().AsNoTracking().ToDictionaryAsync(d => d.Name, cancel);
        return [.. All.Where(directory => IsUsed(directory, states.GetValueOrDefault(directory.Name), settings.CurrentValue)).Select(directory => directory.Name)];
    }

    public static bool IsUsed(ISpeedDirectory directory, DirectoryState? state, SpeedTestSettings settings) =>
        (state is { Enabled: true } || settings.Directories.Contains(directory.Name)) && (directory.Terms is null || state?.TermsAcceptedAt is not null);

    /// <summary>Reads a directory's list. Servers that are no longer on it are forgotten; when it cannot be read those known before stay.</summary>
    /// <param name="onlyIfOld">Leaves a list of the last day as it is.</param>
    /// <returns>Why it could not be read; null when it could, or need not.</returns>
    public async Task<string?> RefreshAsync(string name, bool onlyIfOld, CancellationToken cancel)
    {
        if (Find(name) is not { } directory || !(await UsedAsync(cancel)).Contains(name))
        {
            return $"'{name}' is not switched on.";
        }

        var now = clock.GetUtcNow();
        var state = await StateAsync(name, cancel);
        if (state.RestsUntil > now)
        {
            return onlyIfOld ? null : $"It asked to be left alone until {state.RestsUntil:u}.";
        }

        if (onlyIfOld && (state.ReadAt > now - Old || state.TriedAt > now - AfterFailure))
        {
            return null;
        }

        state.TriedAt = now;
        try
        {
            var servers = await directory.ReadAsync(state.ListUrl is { } other ? new Uri(other) : directory.DefaultList, http, cancel);
            await TakeOverAsync(name, servers, now, cancel);
            (state.ReadAt, state.Failure, state.RestsUntil) = (now, null, null);
        }
        catch (DirectoryException failed)
        {
            (state.Failure, state.RestsUntil) = (failed.Message, failed.RetryAfter is { } wait ? ServerPool.RestOf(wait, now) : null);
            LogFailed(name, failed.Message);
        }

        await db.SaveChangesAsync(cancel);
        return state.Failure;
    }

    /// <summary>The directory's row, made when there is none; tracked.</summary>
    public async Task<DirectoryState> StateAsync(string name, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"INSERT INTO speed_directories (name, enabled) VALUES ({name}, false) ON CONFLICT DO NOTHING", cancel);
        return await db.Set<DirectoryState>().SingleAsync(d => d.Name == name, cancel);
    }

    private async Task TakeOverAsync(string name, IReadOnlyList<SpeedServer> servers, DateTimeOffset now, CancellationToken cancel)
    {
        var known = await db.Set<KnownServer>().Where(s => s.Directory == name).ToDictionaryAsync(s => s.Url, cancel);
        var others = await db.Set<KnownServer>().Where(s => s.Directory != name).Select(s => s.Url).ToListAsync(cancel);
        foreach (var server in servers.Select(server => server with { Directory = name }).Where(server => !others.Contains(server.Key)))
        {
            if (known.Remove(server.Key, out var before))
            {
                before.Describe(server);
                before.SeenAt = now;
            }
            else
            {
                db.Add(KnownServer.Of(server, now));
            }
        }

        // One that rests is kept, so that it goes on resting when it comes back.
        db.RemoveRange(known.Values.Where(gone => !(gone.RestsUntil > now)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of '{Directory}' could not be read: {Reason}")]
    private partial void LogFailed(string directory, string reason);
}
