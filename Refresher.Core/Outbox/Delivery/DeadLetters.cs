using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>Writes dead letters, in the transaction that moves past their events.</summary>
internal sealed class DeadLetters(TimeProvider clock)
{
    private const string Sql = """
        INSERT INTO dead_letters (id, consumer, event_id, topic, type, key, at, trace_parent, payload, reason, attempts, set_aside_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (consumer, event_id) DO UPDATE SET reason = excluded.reason, attempts = dead_letters.attempts + excluded.attempts, replay_at = NULL
        """;

    /// <param name="attempts">How often it was tried.</param>
    public async Task SetAsideAsync(NpgsqlConnection connection, string consumer, Event one, string reason, int attempts, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7(now) },
                new() { Value = consumer },
                new() { Value = one.Id },
                new() { Value = one.Topic },
                new() { Value = one.Type },
                new() { Value = one.Key },
                new() { Value = one.At },
                new() { Value = (object?)one.TraceParent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = one.Payload.ToArray() },
                new() { Value = Reason(reason) },
                new() { Value = attempts },
                new() { Value = now },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static string Reason(string text) => StoredText.Clean(text, PlatformDefaults.ReasonLimit);

    public static string Reason(Exception error) => error is PoisonEventException ? error.Message : $"{error.GetType().Name}: {error.GetBaseException().Message}";
}
