using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>What the checks so far come to, once enough of them in a row agree.</summary>
public enum Verdict
{
    /// <summary>Not known yet.</summary>
    Pending,
    Up,

    /// <summary>It answers, but slowly.</summary>
    Degraded,
    Down,
}

/// <summary>
/// What changes with each check, in a row of its own: the row that serialises everything about one site. Whoever locks several of them does so
/// in the order of their ids. Read it through <see cref="SiteStanding"/>: a verdict that nobody renews is worth nothing.
/// </summary>
public sealed class SiteState
{
    public Guid SiteId { get; init; }

    public Verdict Verdict { get; set; }

    /// <summary>When the first of the checks was made that led to the verdict.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Set while we cannot look ourselves: the verdict stands still.</summary>
    public DateTimeOffset? BlindSince { get; set; }

    /// <summary>Set while nobody wants it checked.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>The next instant of its grid, or of a re-check; null while it is paused. The only column with an index.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    /// <summary>The check that is under way; null: none. A result that carries another one is dropped.</summary>
    public Guid? ClaimId { get; set; }

    /// <summary>The <see cref="Checker"/> that makes it.</summary>
    public Guid? ClaimedBy { get; set; }

    /// <summary>What the last checks in a row found; those that could not look do not count.</summary>
    public CheckStatus? RowStatus { get; set; }

    /// <summary>How many in a row found it.</summary>
    public int RowCount { get; set; }

    /// <summary>When the first of them was made.</summary>
    public DateTimeOffset? RowSince { get; set; }

    /// <summary>How many in a row were answered, slowly or not.</summary>
    public int Answers { get; set; }

    public DateTimeOffset? AnswersSince { get; set; }

    /// <summary>The incident that is open.</summary>
    public Guid? IncidentId { get; set; }

    public DateTimeOffset? IncidentSince { get; set; }

    /// <summary>The time of slowness that is told of and not over.</summary>
    public Guid? DegradedId { get; set; }

    public DateTimeOffset? DegradedSince { get; set; }

    /// <summary>Of the certificate that was seen last.</summary>
    public DateTimeOffset? CertificateExpiresAt { get; set; }

    /// <summary>The warning about a certificate that is told of and not over.</summary>
    public Guid? CertificateId { get; set; }

    public DateTimeOffset? CertificateSince { get; set; }

    /// <summary>The expiry of the certificate that the warning is about.</summary>
    public DateTimeOffset? CertificateToldFor { get; set; }

    public DateTimeOffset? LastCheckedAt { get; set; }

    public Guid? LastCheckId { get; set; }

    public CheckStatus? LastStatus { get; set; }

    public CheckFault? LastFault { get; set; }

    /// <summary>Why it was not up, in words, for the admin only.</summary>
    public string? LastError { get; set; }

    public int? LastStatusCode { get; set; }

    public double? LastTotalMs { get; set; }

    /// <summary>Without a check until then nothing is known: three intervals after the last one.</summary>
    public DateTimeOffset StaleAt { get; set; }

    /// <summary>Checked at every second instant only, because events pile up.</summary>
    public bool Slowed { get; set; }

    internal SiteState Copy() => (SiteState)MemberwiseClone();
}

/// <summary>A process that checks sites, for as long as it says that it lives.</summary>
public sealed class Checker
{
    public Guid Id { get; init; }

    /// <summary>The node.</summary>
    public required string Name { get; init; }

    /// <summary>When what it has claimed is free again.</summary>
    public DateTimeOffset LeaseUntil { get; set; }
}

internal sealed class SiteStateMapping : IEntityTypeConfiguration<SiteState>, IEntityTypeConfiguration<Checker>
{
    public void Configure(EntityTypeBuilder<SiteState> state)
    {
        state.ToTable("site_states");
        state.HasKey(s => s.SiteId);
        state.HasIndex(s => s.NextCheckAt);
        state.Property(s => s.Verdict).HasConversion(v => Words<Verdict>.Of(v), v => Words<Verdict>.Parse(v));
        state.Property(s => s.RowStatus).HasConversion(v => Words<CheckStatus>.Of(v!.Value), v => Words<CheckStatus>.Parse(v));
        state.Property(s => s.LastStatus).HasConversion(v => Words<CheckStatus>.Of(v!.Value), v => Words<CheckStatus>.Parse(v));
        state.Property(s => s.LastFault).HasConversion(v => Words<CheckFault>.Of(v!.Value), v => Words<CheckFault>.Parse(v));
    }

    public void Configure(EntityTypeBuilder<Checker> checker)
    {
        checker.ToTable("checkers");
        checker.Property(c => c.Id).ValueGeneratedNever();
    }
}
