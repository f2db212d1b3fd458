using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>That a consumer has acted on an event.</summary>
internal sealed class EventMark
{
    public required string Consumer { get; init; }

    public Guid EventId { get; init; }

    public DateTimeOffset At { get; init; }
}

internal sealed class EventMarkMapping : IEntityTypeConfiguration<EventMark>
{
    public void Configure(EntityTypeBuilder<EventMark> mark)
    {
        mark.ToTable("event_marks");
        mark.HasKey(m => new { m.Consumer, m.EventId });
        mark.HasIndex(m => m.At);
    }
}

/// <summary>Remembers which events a consumer has acted on, for effects that have no key by which a second one would be known.</summary>
public sealed class EventMarks(TimeProvider clock)
{
    /// <summary>How long it is remembered: longer than any log keeps its events.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromDays(32);

    private const string Sql = """
        INSERT INTO event_marks (consumer, event_id, at) SELECT $1, id, $3 FROM unnest($2) AS id ORDER BY id ON CONFLICT DO NOTHING RETURNING event_id
        """;

    /// <summary>Marks events in the open transaction, and gives those that were not marked before, in their order: those to act on.</summary>
    /// <param name="consumer">Its name.</param>
    public async Task<IReadOnlyList<Event>> NewAsync(NpgsqlConnection connection, string consumer, IReadOnlyList<Event> events, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = consumer }, new() { Value = events.Select(one => one.Id).Distinct().ToArray() }, new() { Value = clock.GetUtcNow() } },
        };
        var unmarked = new HashSet<Guid>();
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                unmarked.Add(row.GetGuid(0));
            }
        }

        return [.. events.Where(one => unmarked.Remove(one.Id))];
    }
}
