using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Outbox;

namespace Refresher.Core.Tests.Outbox;

public sealed class OutboxPartitionsTests : EngineTest
{
    private NpgsqlDataSource Postgres => Engine.Services.GetRequiredService<NpgsqlDataSource>();

    private OutboxPartitions Partitions => Engine.Services.GetRequiredService<OutboxPartitions>();

    private TimeProvider Clock => Engine.Services.GetRequiredService<TimeProvider>();

    private protected override string Roles => "scheduler";

    [Fact]
    public async Task What_everybody_has_passed_is_dropped_whole_and_not_before()
    {
        await ExecuteAsync("""
            INSERT INTO event_readers (name, log, topics, seen_at) VALUES ('slow', 'outbox', '{}', now());
            INSERT INTO event_positions (reader, bucket, position, moved_at, tries, alone) SELECT 'slow', b, 0, now(), 0, 0 FROM generate_series(0, 15) b;
            """);
        Assert.False(await Partitions.BeginNextAsync(TimeSpan.Zero, default));
        await AppendAsync(Postgres, 300);
        Assert.True(await Partitions.BeginNextAsync(TimeSpan.Zero, default));
        Assert.False(await Partitions.BeginNextAsync(TimeSpan.Zero, default));
        await AppendAsync(Postgres, 50);

        Assert.Equal(350, await ScalarAsync("SELECT count(*) FROM outbox"));
        Assert.Equal(50, await ScalarAsync("SELECT count(*) FROM outbox_1"));
        Assert.Equal(350, Lag(await EventLag.ReadAsync(Postgres, Clock.GetUtcNow(), default)));
        Assert.Equal(0, await DropAsync());

        await ExecuteAsync("UPDATE event_positions SET position = 17179869184");
        Assert.Equal(1, await DropAsync());
        Assert.Equal(50, await ScalarAsync("SELECT count(*) FROM outbox"));
        Assert.Equal(0, await DropAsync());
    }

    [Fact]
    public async Task A_long_transaction_that_has_written_holds_up_the_drop_and_nobody_else()
    {
        await AppendAsync(Postgres, 10);
        await Partitions.BeginNextAsync(TimeSpan.Zero, default);
        await AppendAsync(Postgres, 10);
        await using var connection = await Postgres.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Engine.Services.GetRequiredService<OutboxWriter>().AppendAsync(connection, [new NewEvent(Topics.Runs, "a.b", "k", [])], default);

        Assert.Equal(0, await DropAsync());
        await ExecuteAsync("INSERT INTO outbox (bucket, id, topic, type, key, at, payload) VALUES (0, gen_random_uuid(), 't', 't', 'k', now(), '')");
        await transaction.CommitAsync();
        Assert.Equal(1, await DropAsync());
    }

    [Fact]
    public async Task The_lag_of_a_long_backlog_is_told_about_right()
    {
        await ExecuteAsync("""
            INSERT INTO event_readers (name, log, topics, seen_at) VALUES ('slow', 'outbox', '{}', now());
            INSERT INTO event_positions (reader, bucket, position, moved_at, tries, alone) SELECT 'slow', b, 0, now(), 0, 0 FROM generate_series(0, 15) b;
            """);
        await AppendAsync(Postgres, 60_000);
        await Partitions.BeginNextAsync(TimeSpan.Zero, default);
        await AppendAsync(Postgres, 40_000);

        Assert.InRange(Lag(await EventLag.ReadAsync(Postgres, Clock.GetUtcNow(), default)), 80_000, 120_000);
        var pressure = new OutboxPressure();
        pressure.Observe(await EventLag.ReadAsync(Postgres, Clock.GetUtcNow(), default), new EventOptions { PressureRows = 50_000 });
        Assert.True(pressure.IsHigh);
        pressure.Observe(await EventLag.ReadAsync(Postgres, Clock.GetUtcNow(), default), new EventOptions());
        Assert.False(pressure.IsHigh);
    }

    private static long Lag(IReadOnlyList<EventReaderView> readers) => readers.Single(reader => reader.Name == "slow").Lag!.Value;

    private Task<int> DropAsync() => Partitions.DropAsync(Clock.GetUtcNow() + TimeSpan.FromSeconds(1), Clock.GetUtcNow() - TimeSpan.FromDays(1), default);

    private async Task AppendAsync(NpgsqlDataSource source, int count)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Engine.Services.GetRequiredService<OutboxWriter>().AppendAsync(
            connection, [.. Enumerable.Range(0, count).Select(number => new NewEvent(Topics.Runs, "a.b", $"key {number}", [1]))], default);
        await transaction.CommitAsync();
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
