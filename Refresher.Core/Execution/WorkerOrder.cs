using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Execution;

/// <summary>What people want of a worker, by its name: it holds for every process that is called so, now and after a restart.</summary>
public sealed class WorkerOrder
{
    /// <summary>See <c>NodeName.Name</c>.</summary>
    public required string Worker { get; init; }

    /// <summary>Since when it takes no runs; null: it takes them.</summary>
    public DateTimeOffset? DrainedAt { get; set; }

    public string? DrainedBy { get; set; }

    /// <summary>Runs at once, 1 to 10,000; null: as it is configured.</summary>
    public int? Concurrency { get; set; }

    public DateTimeOffset? ConcurrencyAt { get; set; }

    public string? ConcurrencyBy { get; set; }

    /// <summary>When it was told to stop: processes that began later are not meant. Null: never.</summary>
    public DateTimeOffset? StoppedAt { get; set; }

    public string? StoppedBy { get; set; }
}

internal sealed class WorkerOrderMapping : IEntityTypeConfiguration<WorkerOrder>
{
    public void Configure(EntityTypeBuilder<WorkerOrder> order)
    {
        order.ToTable("worker_orders");
        order.HasKey(o => o.Worker);
    }
}
