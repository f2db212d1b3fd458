using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>The group in which a consumer reads Kafka now.</summary>
/// <param name="Id">The group's name at the broker: <c>refresher.check-writer</c>, after replays <c>refresher.check-writer.2</c>.</param>
/// <param name="Since">Partitions in which the group has no place yet are read from here on; null: from the beginning.</param>
internal sealed record KafkaGroup(string Id, DateTimeOffset? Since);

/// <summary>A consumer whose events were asked for again, with how often that was.</summary>
internal sealed class KafkaReplay
{
    public required string Consumer { get; init; }

    public int Generation { get; init; }

    public DateTimeOffset Since { get; init; }
}

internal sealed class KafkaReplayMapping : IEntityTypeConfiguration<KafkaReplay>
{
    public void Configure(EntityTypeBuilder<KafkaReplay> replay)
    {
        replay.ToTable("kafka_replays");
        replay.HasKey(r => r.Consumer);
    }
}

/// <summary>
/// Which group each consumer reads in. To read again is to read in a new group: every process changes over when it sees it, none can commit the old
/// group's places into the new one, and the broker forgets the old one by itself.
/// </summary>
internal sealed class KafkaGroups(NpgsqlDataSource database)
{
    public async Task<KafkaGroup> OfAsync(string consumer, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT generation, since FROM kafka_replays WHERE consumer = $1");
        command.Parameters.Add(new() { Value = consumer });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new($"refresher.{consumer}.{reader.GetInt32(0)}", reader.GetFieldValue<DateTimeOffset>(1))
            : new($"refresher.{consumer}", null);
    }

    /// <summary>Whether a consumer has another group by now, also because somebody asked for its events again. While PostgreSQL is away nobody knows, and it stays.</summary>
    public async Task<bool> HasMovedAsync(string consumer, KafkaGroup from, CancellationToken cancel)
    {
        try
        {
            await TakeWishAsync(consumer, cancel);
            return await OfAsync(consumer, cancel) != from;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Has the wish that a consumer should read again, if there is one, make its next group. Of many processes that look one does it.</summary>
    public async Task TakeWishAsync(string consumer, CancellationToken cancel)
    {
        const string sql = """
            WITH asked AS (
                UPDATE event_readers r SET replay_from = NULL FROM event_readers was
                WHERE r.name = $1 AND was.name = $1 AND was.replay_from IS NOT NULL RETURNING was.replay_from)
            INSERT INTO kafka_replays AS k (consumer, generation, since) SELECT $1, 1, replay_from FROM asked
            ON CONFLICT (consumer) DO UPDATE SET generation = k.generation + 1, since = excluded.since
            """;
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = consumer });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
