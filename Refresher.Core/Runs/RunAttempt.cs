using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Runs;

/// <summary>An attempt that did not end its run: retried, snoozed, handed back or lost. The last attempt stands on the run itself.</summary>
public sealed class RunAttempt
{
    public Guid RunId { get; init; }

    /// <summary>The fencing number of the attempt's lease: 1, 2, …</summary>
    public int Fence { get; init; }

    public int Attempt { get; init; }

    public string? Worker { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset EndedAt { get; init; }

    /// <summary><c>retry</c>, <c>snooze</c>, <c>handedBack</c> or <c>lost</c>.</summary>
    public required string Outcome { get; init; }

    public string? Reason { get; init; }
}

internal sealed class RunAttemptMapping : IEntityTypeConfiguration<RunAttempt>
{
    public void Configure(EntityTypeBuilder<RunAttempt> attempt)
    {
        attempt.ToTable("run_attempts");
        attempt.HasKey(a => new { a.RunId, a.Fence });
    }
}
