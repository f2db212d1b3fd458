using Npgsql;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>
/// Some events for one consumer, in order within each key, which this process has from a log. It knows how its log marks them as passed;
/// <see cref="EventDelivery"/> knows everything else, so that every log retries, sets aside and commits in the same way.
/// </summary>
internal abstract class EventLot
{
    /// <summary>Those of the consumer's topics.</summary>
    public abstract IReadOnlyList<Event> Events { get; }

    /// <summary>Opens the transaction of an effect, as often as it takes. Null: the lot is not ours any more, and nothing of it may be done.</summary>
    public abstract Task<NpgsqlTransaction?> BeginAsync(CancellationToken cancel);

    /// <summary>Marks the first <paramref name="passed"/> events as passed, in the transaction of their effect. A log whose marks lie elsewhere does nothing.</summary>
    public virtual Task MarkAsync(NpgsqlConnection connection, int passed, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Called after the commit: where a log whose marks lie elsewhere notes that the first <paramref name="passed"/> events are done.</summary>
    public virtual Task CommittedAsync(int passed, CancellationToken cancel) => Task.CompletedTask;
}
