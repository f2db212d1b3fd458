using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Outbox.Delivery;

namespace Refresher.Core.Outbox;

/// <summary>A reader of events and how far it is.</summary>
/// <param name="Name">A consumer's, or <c>relay</c>.</param>
/// <param name="Log">What it reads: <c>outbox</c> or <c>broker</c>.</param>
/// <param name="Lag">Events before it, beyond some thousands about; null: not known.</param>
/// <param name="Age">Of the oldest event before it; null: there is none, or it is not known.</param>
/// <param name="Failing">Why it does not come forward; null: it does.</param>
/// <param name="Position">The furthest it has come; null for a reader of the broker.</param>
/// <param name="MovedAt">When it last came forward.</param>
/// <param name="SeenAt">When a process last had it at work.</param>
/// <param name="DeadLetters">Events that it has set aside.</param>
public sealed record EventReaderView(
    string Name, string Log, IReadOnlyList<string> Topics, long? Lag, TimeSpan? Age, string? Failing, DateTimeOffset? FailingSince, long? Position, DateTimeOffset? MovedAt, DateTimeOffset SeenAt, long DeadLetters)
{
    /// <summary>Of the oldest event that no trouble keeps back; of a failing reader the others' age says how the log goes.</summary>
    internal TimeSpan? UntroubledAge { get; init; }
}

/// <summary>Reads of the event log, shared by page, end point and metrics.</summary>
public sealed class EventQueries(NpgsqlDataSource database, RefresherDb db, TimeProvider clock)
{
    /// <inheritdoc cref="EventLag.ReadAsync"/>
    public Task<IReadOnlyList<EventReaderView>> ReadersAsync(CancellationToken cancel) => EventLag.ReadAsync(database, clock.GetUtcNow(), cancel);

    /// <summary>Dead letters, the latest first.</summary>
    /// <param name="consumer">Of this one only; null: of all.</param>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<DeadLetter>> DeadLettersAsync(string? consumer, Guid? after, int limit, CancellationToken cancel)
    {
        var letters = db.DeadLetters.AsNoTracking();
        letters = consumer is null ? letters : letters.Where(letter => letter.Consumer == consumer);
        letters = after is { } last ? letters.Where(letter => letter.Id < last) : letters;
        return Page<DeadLetter>.Of(await letters.OrderByDescending(letter => letter.Id).Take(limit + 1).ToListAsync(cancel), limit, letter => letter.Id.ToString());
    }
}
