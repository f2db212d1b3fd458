using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>Has a site checked at once by whichever worker takes it, and waits for what it finds.</summary>
internal sealed class CheckNow(SiteCommands commands, SiteQueries sites, TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>What a worker gets to take it and to write what it found, beyond the check's own time limit.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <returns>The check; refused while the site is paused, and when no worker checked it in time.</returns>
    public async Task<Result<CheckView>> RunAsync(Site site, CancellationToken cancel)
    {
        var asked = await commands.CheckSoonAsync(site.Id, cancel);
        if (asked.Value is null)
        {
            return asked.Conflict is { } refused ? Result<CheckView>.Refused(refused) : Result<CheckView>.NotFound;
        }

        var (before, startedAt) = (site.State?.LastCheckId, clock.GetTimestamp());
        while (clock.GetElapsedTime(startedAt) < site.Spec.Timeout + Margin)
        {
            await Task.Delay(LookEvery, clock, cancel);
            if (await sites.FindAsync(site.Id, cancel) is not { State: { } state } now)
            {
                return Result<CheckView>.NotFound;
            }

            if (state.LastCheckId is { } id && id != before)
            {
                return Result<CheckView>.Done(Of(now.State!, id));
            }
        }

        return Result<CheckView>.Refused("No worker has checked it in time. Are workers running, with the role checks? GET /api/v1/workers lists them.");
    }

    // The row of the check is written a moment later; what the state has of it is what matters at once.
    private static CheckView Of(SiteState state, Guid id) => new(
        id, state.LastCheckedAt!.Value, state.LastStatus!.Value, false, state.LastFault, state.LastError, state.LastStatusCode,
        null, null, null, null, null, state.LastTotalMs ?? 0, null, null, state.CertificateExpiresAt, null, null, null);
}
