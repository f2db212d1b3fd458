using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Queue;

/// <summary>A queue, or all of them, from which no run begins until somebody lifts it. What is queued meanwhile waits.</summary>
public sealed class QueueHold
{
    /// <summary>Stands for every queue.</summary>
    public const string Everything = "*";

    /// <summary>The queue's name, or <see cref="Everything"/>.</summary>
    public required string Queue { get; init; }

    public DateTimeOffset HeldAt { get; init; }

    /// <summary>The name of the user or of the Api key.</summary>
    public required string HeldBy { get; init; }

    /// <summary>Why, in that person's words; null when it was not said.</summary>
    public string? Reason { get; init; }

    /// <summary>As a sentence for those who wonder why a run does not begin.</summary>
    public string Sentence => (Queue == Everything ? "All dispatch is held" : $"The queue '{Queue}' is paused") + $" by {HeldBy}" + (Reason is null ? "." : $": {Reason}");
}

/// <summary>What is held at one moment.</summary>
public sealed record HeldQueues(IReadOnlyList<QueueHold> Holds)
{
    public static HeldQueues None { get; } = new([]);

    /// <summary>The hold of all dispatch; null when there is none.</summary>
    public QueueHold? Everything => Own(QueueHold.Everything);

    /// <summary>What keeps a queue's runs from beginning; null when nothing does. The hold of everything comes first.</summary>
    public QueueHold? Of(string queue) => Everything ?? Own(queue);

    /// <summary>The hold of this queue alone.</summary>
    public QueueHold? Own(string queue) => Holds.FirstOrDefault(hold => hold.Queue == queue);
}

internal sealed class QueueHoldMapping : IEntityTypeConfiguration<QueueHold>
{
    public void Configure(EntityTypeBuilder<QueueHold> hold)
    {
        hold.ToTable("queue_holds");
        hold.HasKey(h => h.Queue);
        hold.Ignore(h => h.Sentence);
    }
}
