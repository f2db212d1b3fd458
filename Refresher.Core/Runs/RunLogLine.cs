using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Runs;

/// <summary>One line of a run's log.</summary>
public sealed class RunLogLine
{
    public Guid RunId { get; init; }

    /// <summary>The order of the lines: fence × 2³² + line, so that attempts follow each other.</summary>
    public long Seq { get; init; }

    public DateTimeOffset At { get; init; }

    public int Attempt { get; init; }

    public LogLevel Level { get; init; }

    public required string Message { get; init; }
}

internal sealed class RunLogLineMapping : IEntityTypeConfiguration<RunLogLine>
{
    public void Configure(EntityTypeBuilder<RunLogLine> line)
    {
        // Partitioned like runs, on the run's id.
        line.ToTable("run_logs");
        line.HasKey(l => new { l.RunId, l.Seq });
        line.Property(l => l.Level).HasColumnType("smallint").HasConversion(v => (short)v, v => (LogLevel)v);
    }
}
