using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace Refresher.Core.Watch;

/// <summary>When a part of the system last proved that it works: it says so itself, each time it has done its work.</summary>
public sealed class LivenessMark
{
    /// <summary>Of a part: <see cref="LivenessMarks"/>.</summary>
    public required string Name { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>What there is to say about it, in words; null mostly.</summary>
    public string? Note { get; init; }
}

/// <summary>A part that has to prove itself for the watchdog to be called. Registered as a singleton by whoever has such a part.</summary>
/// <param name="Name">The mark that it stamps.</param>
/// <param name="Title">For people: <c>check of sites</c>.</param>
/// <param name="Within">How old its mark may be.</param>
public sealed record LivenessExpectation(string Name, string Title, TimeSpan Within);

/// <summary>Marks that parts of the system stamp.</summary>
public sealed class LivenessMarks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>A run went the whole way.</summary>
    public const string Runs = "runs";

    /// <summary>A round of checks was done, or there was nothing to check.</summary>
    public const string Checks = "checks";

    /// <summary>What was to be sent was sent or put off, or there was nothing to send.</summary>
    public const string Deliveries = "deliveries";

    private const string StampSql = "INSERT INTO liveness_marks AS m (name, at, note) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET at = GREATEST(m.at, EXCLUDED.at), note = EXCLUDED.note";

    private const string TurnSql = """
        INSERT INTO liveness_marks AS m (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at WHERE m.at <= $3 RETURNING 1
        """;

    /// <summary>The part works now. Stamp when a round of work is done, every few seconds at most.</summary>
    public async Task StampAsync(string name, CancellationToken cancel, string? note = null)
    {
        await using var stamp = database.CreateCommand(StampSql);
        stamp.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = name }, new() { Value = clock.GetUtcNow() }, new() { Value = (object?)note ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } });
        await stamp.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>All of them, by name.</summary>
    public async Task<IReadOnlyDictionary<string, LivenessMark>> ReadAsync(CancellationToken cancel)
    {
        await using var read = database.CreateCommand("SELECT name, at, note FROM liveness_marks");
        await using var row = await read.ExecuteReaderAsync(cancel);
        var marks = new Dictionary<string, LivenessMark>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancel))
        {
            marks[row.GetString(0)] = new LivenessMark { Name = row.GetString(0), At = row.GetFieldValue<DateTimeOffset>(1), Note = row.IsDBNull(2) ? null : row.GetString(2) };
        }

        return marks;
    }

    /// <summary>Takes the turn for something that one process does for all, once in <paramref name="period"/>.</summary>
    /// <returns>False when another has had it within that time.</returns>
    public async Task<bool> TakeTurnAsync(string name, TimeSpan period, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var turn = database.CreateCommand(TurnSql);
        turn.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = name }, new() { Value = now }, new() { Value = now - period } });
        return await turn.ExecuteScalarAsync(cancel) is not null;
    }
}

internal sealed class LivenessMarkMapping : IEntityTypeConfiguration<LivenessMark>
{
    public void Configure(EntityTypeBuilder<LivenessMark> mark)
    {
        mark.ToTable("liveness_marks");
        mark.HasKey(m => m.Name);
    }
}
