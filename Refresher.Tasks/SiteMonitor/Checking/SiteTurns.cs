using System.Globalization;
using Refresher.Core.Alerts;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Turns of sites in words, for those who are told.</summary>
internal static class SiteTurns
{
    /// <returns>Null for a turn that is kept in the timeline and told to nobody.</returns>
    public static StateChange? ChangeOf(SiteTurn turn, DecidedCheck decided)
    {
        var (site, state) = (decided.Check.Due.Site, decided.Decision.State);
        return turn.Kind switch
        {
            TurnKind.Down => Change(SiteConditions.Down, true) with { Reason = decided.Check.Result.Error, Count = state.RowCount },
            TurnKind.Up => Change(SiteConditions.Down, false) with { Reason = $"It answers again, after {Length(turn.At - turn.Since)}." },
            TurnKind.Slow => Change(SiteConditions.Degraded, true) with { Reason = decided.Check.Result.Error ?? "It answers slowly.", Count = state.RowCount },
            TurnKind.Fast => Change(SiteConditions.Degraded, false) with { Reason = $"It is as fast again as it should be, after {Length(turn.At - turn.Since)}." },
            TurnKind.CertificateExpiring => Change(SiteConditions.Certificate, true) with { Reason = $"The certificate expires on {Instant(state.CertificateExpiresAt)}." },
            TurnKind.CertificateRenewed => Change(SiteConditions.Certificate, false) with { Reason = $"The certificate now expires on {Instant(state.CertificateExpiresAt)}." },
            _ => null,
        };

        StateChange Change(string condition, bool active) => SiteConditions.Change(site, condition, turn.Episode, active, turn.At, turn.Since) with { Facts = [.. Facts(decided)] };
    }

    /// <summary><c>3 h 12 min</c>, <c>40 s</c>.</summary>
    public static string Length(TimeSpan length) =>
        length >= TimeSpan.FromDays(1) ? string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalDays} d {length.Hours} h")
        : length >= TimeSpan.FromHours(1) ? string.Create(CultureInfo.InvariantCulture, $"{length.Hours} h {length.Minutes} min")
        : length >= TimeSpan.FromMinutes(1) ? string.Create(CultureInfo.InvariantCulture, $"{length.Minutes} min {length.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, length.TotalSeconds):0} s");

    private static IEnumerable<KeyValuePair<string, string>> Facts(DecidedCheck decided)
    {
        var (site, result) = (decided.Check.Due.Site, decided.Check.Result);
        yield return new("Target", site.Spec.Target);
        if (site.Group.Length > 0)
        {
            yield return new("Group", site.Group);
        }

        if (result.StatusCode is { } code)
        {
            yield return new("Status code", code.ToString(CultureInfo.InvariantCulture));
        }

        yield return new("Response time", string.Create(CultureInfo.InvariantCulture, $"{result.TotalMs:0} ms"));
        if (result.Address is { } address)
        {
            yield return new("Address", address);
        }
    }

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("d MMMM yyyy 'at' HH':'mm 'UTC'", CultureInfo.InvariantCulture) ?? "an unknown day";
}
