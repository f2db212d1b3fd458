using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Claims what is due a moment ahead, as much as there is room for, and hands it to those who make the checks in time.</summary>
internal sealed class CheckLoop(CheckClaims claims, CheckerLease lease, CheckRunner runner, ClaimsInHand inHand, CheckPace pace, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<CheckLoop> log) : Loop(gate, log)
{
    /// <summary>Sites are claimed this long before they are due, so that beginning in time is all that is left to do.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromMilliseconds(600);

    private const int MostAtOnce = 500;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest while nothing is due: what others give back, or set for earlier, is seen by then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Signal _look = new();
    private TimeSpan _wait;

    /// <summary>The answer to a claim was lost, so that there may be claims in the database that we know nothing of.</summary>
    private bool _isUncertain;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var idle = await runner.StopAsync(cancellationToken);
        if (idle.Count > 0)
        {
            await claims.ReleaseAsync(idle, cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _look.Dispose();
    }

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _ = ListenAsync(cancel);
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => _wait == TimeSpan.Zero ? Task.CompletedTask : _look.WaitAsync(_wait, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        _wait = Every;
        var room = Math.Min(MostAtOnce, runner.Room);
        if (room <= 0 || !lease.IsHeld)
        {
            return;
        }

        if (_isUncertain)
        {
            await claims.ReleaseOthersAsync(lease.Id, inHand.Ids, cancel);
        }

        if (runner.TakeIdle().ToArray() is { Length: > 0 } idle)
        {
            await claims.ReleaseAsync(idle, cancel);
        }

        var horizon = clock.GetUtcNow() + LookAhead;
        var ahead = await claims.EarliestDueAsync(cancel) - horizon;
        if (ahead > TimeSpan.Zero)
        {
            _wait = ahead < Every ? Every : ahead < Longest ? ahead : Longest;
            return;
        }

        _isUncertain = true;
        var due = await claims.TakeAsync(lease.Id, horizon, room, pace.Stretch, cancel);
        _isUncertain = false;
        foreach (var site in due)
        {
            runner.Start(site);
        }

        _wait = due.Count == MostAtOnce ? TimeSpan.Zero : Every;
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in signals.SubscribeAsync([SiteTopics.Edited], cancel))
            {
                _look.Set();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}
