using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Tasks.SpeedTest.Api;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>Reads of directories, shared by pages and end points.</summary>
internal sealed class DirectoryQueries(RefresherDb db, DirectoryReader reader, IOptionsMonitor<SpeedTestSettings> settings)
{
    public async Task<IReadOnlyList<DirectoryView>> ListAsync(CancellationToken cancel)
    {
        var states = await db.Set<DirectoryState>().AsNoTracking().ToDictionaryAsync(d => d.Name, cancel);
        var counts = await db.Set<KnownServer>().GroupBy(s => s.Directory).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(one => one.Key, one => one.Count, cancel);
        return [.. reader.All.Select(directory =>
        {
            var state = states.GetValueOrDefault(directory.Name);
            var configured = settings.CurrentValue.Directories.Contains(directory.Name);
            return new DirectoryView(
                directory.Name, directory.Title, directory.Description, DirectoryReader.IsUsed(directory, state, settings.CurrentValue), configured, directory.Terms?.ToString(), state?.TermsAcceptedAt, state?.ListUrl ?? directory.DefaultList.ToString(),
                counts.GetValueOrDefault(directory.Name), state?.ReadAt, state?.Failure, state?.RestsUntil);
        })];
    }

    public async Task<DirectoryView?> FindAsync(string name, CancellationToken cancel) => (await ListAsync(cancel)).FirstOrDefault(directory => directory.Name == name);
}
