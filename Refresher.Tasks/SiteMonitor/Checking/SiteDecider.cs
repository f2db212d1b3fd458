using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>How many checks make a change, and what else a site asks of its decisions.</summary>
/// <param name="Failures">Bad checks in a row.</param>
/// <param name="Recoveries">Good checks in a row.</param>
/// <param name="Recheck">How soon it is looked again while a change is not confirmed.</param>
/// <param name="CertificateDays">A certificate that expires within these days is told of; null: none is.</param>
internal sealed record SitePolicy(int Failures, int Recoveries, TimeSpan Recheck, int? CertificateDays);

/// <summary>What a check can bring about.</summary>
internal enum TurnKind
{
    Down,

    /// <summary>It is down for another reason than at the last check.</summary>
    OtherReason,
    Up,
    Slow,
    Fast,
    CertificateExpiring,
    CertificateRenewed,
}

/// <summary>A change for worse or for better.</summary>
/// <param name="Episode">The same for its beginning and its end.</param>
/// <param name="At">When the first of the checks was made that show it.</param>
/// <param name="Since">When the episode began.</param>
internal readonly record struct SiteTurn(TurnKind Kind, Guid Episode, DateTimeOffset At, DateTimeOffset Since);

/// <param name="State">How the site stands after the check.</param>
/// <param name="LookAgainAfter">Set while a change is not confirmed.</param>
internal sealed record Decision(SiteState State, IReadOnlyList<SiteTurn> Turns, TimeSpan? LookAgainAfter);

/// <summary>
/// What a check means for a site: pure, so that tables test it. A check that could not look counts for nothing. In a maintenance window the verdict
/// follows the checks, but nothing begins; what is still so after it begins then.
/// </summary>
internal static class SiteDecider
{
    /// <param name="checkId">The check's; episodes that it begins are named after it.</param>
    public static Decision Decide(SiteState before, SitePolicy policy, CheckResult result, Guid checkId, DateTimeOffset checkedAt, bool inMaintenance)
    {
        var state = Seen(before, result, checkId, checkedAt);
        if (result.Status == CheckStatus.Unknown)
        {
            return new(state, [], null);
        }

        var turns = new List<SiteTurn>();
        Count(state, result.Status, checkedAt);
        var isOpen = result.Status == CheckStatus.Down ? Fail(state, policy, before.LastFault, checkId, checkedAt, inMaintenance, turns) : Answer(state, policy, checkId, inMaintenance, turns);
        Certificate(state, policy, result, checkId, checkedAt, inMaintenance, turns);
        return new(state, turns, isOpen && !inMaintenance ? policy.Recheck : null);
    }

    private static SiteState Seen(SiteState before, CheckResult result, Guid checkId, DateTimeOffset checkedAt)
    {
        var state = before.Copy();
        (state.LastCheckId, state.LastCheckedAt, state.LastStatus) = (checkId, checkedAt, result.Status);
        (state.LastFault, state.LastError, state.LastStatusCode, state.LastTotalMs) = (result.Fault, result.Error, result.StatusCode, result.TotalMs);
        state.BlindSince = result.Status == CheckStatus.Unknown ? before.BlindSince ?? checkedAt : null;
        return state;
    }

    private static void Count(SiteState state, CheckStatus status, DateTimeOffset checkedAt)
    {
        (state.RowStatus, state.RowCount, state.RowSince) = state.RowStatus == status ? (status, state.RowCount + 1, state.RowSince) : (status, 1, checkedAt);
        state.Answers = status == CheckStatus.Down ? 0 : state.Answers + 1;
        state.AnswersSince = status == CheckStatus.Down ? null : state.AnswersSince ?? checkedAt;
    }

    /// <returns>True while it is not confirmed.</returns>
    private static bool Fail(SiteState state, SitePolicy policy, CheckFault? lastFault, Guid checkId, DateTimeOffset checkedAt, bool inMaintenance, List<SiteTurn> turns)
    {
        if (state.Verdict != Verdict.Down && state.RowCount < policy.Failures)
        {
            return true;
        }

        var isNew = state.Verdict != Verdict.Down;
        (state.Verdict, state.Since) = (Verdict.Down, isNew ? state.RowSince!.Value : state.Since);
        if (state.IncidentId is { } open)
        {
            if (lastFault is not null && state.LastFault != lastFault)
            {
                turns.Add(new(TurnKind.OtherReason, open, checkedAt, state.IncidentSince!.Value));
            }
        }
        else if (!inMaintenance)
        {
            // What went down in a maintenance window and is down after it begins with the first check after it.
            (state.IncidentId, state.IncidentSince) = (checkId, isNew ? state.RowSince!.Value : checkedAt);
            turns.Add(new(TurnKind.Down, checkId, state.IncidentSince.Value, state.IncidentSince.Value));
        }

        return false;
    }

    /// <returns>True while a change is not confirmed.</returns>
    private static bool Answer(SiteState state, SitePolicy policy, Guid checkId, bool inMaintenance, List<SiteTurn> turns)
    {
        if (state.Verdict == Verdict.Down && state.Answers < policy.Recoveries)
        {
            return true;
        }

        if (state.Verdict is Verdict.Down or Verdict.Pending)
        {
            (state.Verdict, state.Since) = (state.DegradedId is null ? Verdict.Up : Verdict.Degraded, state.AnswersSince!.Value);
            if (state.IncidentId is { } incident)
            {
                turns.Add(new(TurnKind.Up, incident, state.AnswersSince.Value, state.IncidentSince!.Value));
                (state.IncidentId, state.IncidentSince) = (null, null);
            }
        }

        return state.RowStatus == CheckStatus.Degraded ? Slow(state, policy, checkId, inMaintenance, turns) : Fast(state, policy, turns);
    }

    private static bool Slow(SiteState state, SitePolicy policy, Guid checkId, bool inMaintenance, List<SiteTurn> turns)
    {
        if (state.RowCount < policy.Failures)
        {
            return state.DegradedId is null;
        }

        if (state.Verdict != Verdict.Degraded)
        {
            (state.Verdict, state.Since) = (Verdict.Degraded, state.RowSince!.Value);
        }

        if (state.DegradedId is null && !inMaintenance)
        {
            (state.DegradedId, state.DegradedSince) = (Episode(checkId, 1), state.RowSince);
            turns.Add(new(TurnKind.Slow, state.DegradedId.Value, state.RowSince!.Value, state.RowSince.Value));
        }

        return false;
    }

    private static bool Fast(SiteState state, SitePolicy policy, List<SiteTurn> turns)
    {
        if (state.Verdict != Verdict.Degraded)
        {
            return false;
        }

        if (state.RowCount < policy.Recoveries)
        {
            return true;
        }

        (state.Verdict, state.Since) = (Verdict.Up, state.RowSince!.Value);
        if (state.DegradedId is { } slow)
        {
            turns.Add(new(TurnKind.Fast, slow, state.RowSince.Value, state.DegradedSince!.Value));
            (state.DegradedId, state.DegradedSince) = (null, null);
        }

        return false;
    }

    /// <summary>Each certificate is told of once. Where several servers show different ones, the earlier one is not taken for a new one.</summary>
    private static void Certificate(SiteState state, SitePolicy policy, CheckResult result, Guid checkId, DateTimeOffset checkedAt, bool inMaintenance, List<SiteTurn> turns)
    {
        if (result.CertificateExpiresAt is not { } expiresAt)
        {
            return;
        }

        state.CertificateExpiresAt = expiresAt;
        var isExpiring = policy.CertificateDays is { } days && expiresAt - checkedAt <= TimeSpan.FromDays(days);
        if (state.CertificateId is { } told && (expiresAt > state.CertificateToldFor || (expiresAt == state.CertificateToldFor && !isExpiring)))
        {
            turns.Add(new(TurnKind.CertificateRenewed, told, checkedAt, state.CertificateSince!.Value));
            (state.CertificateId, state.CertificateSince) = (null, null);
        }

        if (isExpiring && !inMaintenance && state.CertificateId is null && expiresAt != state.CertificateToldFor)
        {
            (state.CertificateId, state.CertificateSince, state.CertificateToldFor) = (Episode(checkId, 2), checkedAt, expiresAt);
            turns.Add(new(TurnKind.CertificateExpiring, state.CertificateId.Value, checkedAt, checkedAt));
        }
    }

    /// <summary>An id of its own for another episode that the same check begins.</summary>
    private static Guid Episode(Guid checkId, byte place)
    {
        Span<byte> bytes = stackalloc byte[16];
        checkId.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] ^= place;
        return new Guid(bytes, bigEndian: true);
    }
}
