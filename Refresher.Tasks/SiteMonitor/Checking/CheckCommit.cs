using Npgsql;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Writes a batch of checks: how their sites stand now, incidents on changes, and the events, all of it or nothing.</summary>
internal sealed class CheckCommit(NpgsqlDataSource database, MaintenanceCatalog maintenance, OutboxWriter outbox, CheckPace pace, ClaimsInHand inHand, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Bodies of failing answers are kept of so many failures in a row, and whenever the reason is another one.</summary>
    private const int BodiesInARow = 3;

    /// <summary>Sites of one batch that are named to those who watch them; past that lists say enough.</summary>
    private const int MostTopics = 100;

    public async Task WriteAsync(IReadOnlyList<DoneCheck> checks, CancellationToken cancel)
    {
        var windows = await maintenance.OpenAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var states = await SiteStateRows.LockAsync(connection, [.. checks.Select(check => check.Due.Site.Id)], cancel);
        var decided = new List<DecidedCheck>(checks.Count);
        foreach (var check in checks)
        {
            // A claim that is gone: the site was edited, taken over or deleted meanwhile, and this says nothing about what it is now.
            if (states.TryGetValue(check.Due.Site.Id, out var state) && state.ClaimId == check.Due.ClaimId)
            {
                decided.Add(Decide(check, state, windows.Any(window => MaintenanceRules.Covers(window, check.Due.Site))));
            }
            else
            {
                SiteMetrics.Missed.Add(1);
            }
        }

        await SiteStateRows.WriteAsync(connection, decided.ConvertAll(one => one.Decision.State), cancel);
        await IncidentChanges.WriteAsync(connection, decided, cancel);
        await outbox.AppendAsync(connection, [.. decided.SelectMany(one => EventsOf(one).Select(told => told with { TraceParent = one.Check.Trace }))], cancel);
        await transaction.CommitAsync(cancel);
        foreach (var check in checks)
        {
            inHand.Remove(check.Due.ClaimId);
        }

        await AfterAsync(decided);
    }

    /// <summary>Gives up what was found by a check that cannot be written: its site is checked again at its next instant.</summary>
    public async Task DropAsync(DoneCheck check, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("UPDATE site_states SET claim_id = NULL, claimed_by = NULL WHERE site_id = $1 AND claim_id = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = check.Due.Site.Id }, new() { Value = check.Due.ClaimId } });
        await command.ExecuteNonQueryAsync(cancel);
        inHand.Remove(check.Due.ClaimId);
    }

    private DecidedCheck Decide(DoneCheck check, SiteState state, bool inMaintenance)
    {
        var (due, now) = (check.Due, clock.GetUtcNow());
        var decision = SiteDecider.Decide(state, due.Policy, check.Result, due.ClaimId, check.CheckedAt, inMaintenance);
        var after = decision.State;
        (after.ClaimId, after.ClaimedBy) = (null, null);
        after.Slowed = pace.Stretch > 1;
        after.StaleAt = SiteStanding.StaleAfter(now, pace.Stretch * due.Site.Interval);
        var next = state.NextCheckAt is { } planned && planned > now ? planned : SiteGrid.Next(due.Site.Id, pace.Stretch * due.Site.Interval, now);
        after.NextCheckAt = decision.LookAgainAfter is { } soon && now + soon < next ? now + soon : next;
        var keepsBody = state.LastFault != check.Result.Fault || after.RowCount <= BodiesInARow;
        var result = keepsBody ? check.Result : check.Result with { Body = null };
        return new DecidedCheck(check with { Result = result }, decision, inMaintenance);
    }

    private static IEnumerable<NewEvent> EventsOf(DecidedCheck decided)
    {
        var (check, site) = (decided.Check, decided.Check.Due.Site);
        var record = new CheckRecord(check.Due.ClaimId, site.Id, check.CheckedAt, decided.InMaintenance, check.Result);
        yield return NewEvent.Of(Topics.SiteChecks, CheckRecord.EventType, site.Id.ToString(), record, CheckRecordJson.Default.CheckRecord) with { Id = check.Due.ClaimId };
        foreach (var turn in decided.Decision.Turns)
        {
            if (SiteTurns.ChangeOf(turn, decided) is { } change)
            {
                yield return SiteConditions.EventOf(change);
            }
        }
    }

    private async Task AfterAsync(List<DecidedCheck> decided)
    {
        foreach (var one in decided)
        {
            SiteMetrics.Count(one.Check);
        }

        if (decided.Count == 0)
        {
            return;
        }

        await outbox.TellAsync();
        var topics = decided.Take(MostTopics).Select(one => SiteTopics.Of(one.Check.Due.Site.Id));
        await signals.PublishAsync([.. topics, .. decided.Exists(one => one.IsChange) ? [SiteTopics.Changed] : Array.Empty<string>()]);
    }
}

/// <summary>A check and what it means.</summary>
internal sealed record DecidedCheck(DoneCheck Check, Decision Decision, bool InMaintenance)
{
    /// <summary>The site stands otherwise than before.</summary>
    public bool IsChange => Decision.Turns.Count > 0 || Decision.State.Since == Check.CheckedAt || Decision.State.BlindSince == Check.CheckedAt || Decision.State.RowCount == 1;
}
