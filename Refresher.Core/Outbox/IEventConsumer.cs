using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>
/// Acts on events. The same event may come twice, so that the effect must know it again by its id; each consumer has its own place in the log,
/// and one that fails does not hold the others.
/// </summary>
public interface IEventConsumer
{
    /// <summary>Stored with its place in the log, kebab-case, never changed: <c>check-writer</c>.</summary>
    string Name { get; }

    /// <summary>The topics it reads, of <see cref="Topics"/>.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>Events it gets at most at once, 1 to 10,000.</summary>
    int BatchSize => 500;

    /// <summary>
    /// Does the effect of some events, in order within each key, on <paramref name="connection"/>, whose transaction also moves the consumer's place.
    /// An exception rolls it back; the batch is then tried again, and event by event when it keeps failing, until the one that is at fault is set aside as a dead letter.
    /// </summary>
    /// <returns>Live topics (see <c>LiveSignal</c>) to tell after the commit.</returns>
    /// <exception cref="PoisonEventException">This event can never be handled: it is set aside at once.</exception>
    Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel);
}

/// <summary>An event that no retry will make good, with the reason in words.</summary>
public sealed class PoisonEventException(Guid eventId, string reason, Exception? inner = null) : Exception(reason, inner)
{
    public Guid EventId { get; } = eventId;
}
