using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Outbox;

namespace Refresher.Core.Tests.Outbox;

public sealed class OutboxWriterTests : EngineTest
{
    private OutboxWriter Outbox => Engine.Services.GetRequiredService<OutboxWriter>();

    private NpgsqlDataSource Postgres => Engine.Services.GetRequiredService<NpgsqlDataSource>();

    private protected override string Roles => "scheduler";

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Events_commit_with_what_they_speak_of_in_their_order(int count)
    {
        using var activity = new Activity("check").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using var connection = await Postgres.OpenConnectionAsync();
        await using (var undone = await connection.BeginTransactionAsync())
        {
            await Outbox.AppendAsync(connection, [Numbered(0)], default);
            await undone.RollbackAsync();
        }

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Outbox.AppendAsync(connection, [.. Enumerable.Range(1, count).Select(Numbered)], default);
            await transaction.CommitAsync();
        }

        var read = await ReadAsync();
        Assert.Equal(Enumerable.Range(1, count), read.Select(row => row.Number));
        Assert.All(read, row => Assert.Equal((activity.Id, 7), (row.Trace, row.Id.Version)));
    }

    [Fact]
    public async Task A_reader_that_goes_on_after_the_last_position_it_saw_misses_none_of_many_writers()
    {
        using var done = new CancellationTokenSource();
        var seen = new List<long>();
        var reading = Task.Run(async () =>
        {
            await using var connection = await Postgres.OpenConnectionAsync();
            for (var last = false; !last;)
            {
                last = done.IsCancellationRequested;
                await using var command = new NpgsqlCommand("SELECT position FROM outbox WHERE bucket = $1 AND position > $2 ORDER BY position", connection)
                {
                    Parameters = { new() { Value = OutboxBuckets.Of("k") }, new() { Value = seen.Count > 0 ? seen[^1] : 0L } },
                };
                await using var row = await command.ExecuteReaderAsync();
                while (await row.ReadAsync())
                {
                    seen.Add(row.GetInt64(0));
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            await using var connection = await Postgres.OpenConnectionAsync();
            for (var i = 0; i < 60; i++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await Outbox.AppendAsync(connection, [Numbered(writer), Numbered(i, $"other {writer}")], default);
                await transaction.CommitAsync();
            }
        }));
        await done.CancelAsync();
        await reading;

        Assert.Equal(480 + (await ReadAsync()).Count(row => row.Key != "k" && OutboxBuckets.Of(row.Key) == OutboxBuckets.Of("k")), seen.Count);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_what_would()
    {
        await using var connection = await Postgres.OpenConnectionAsync();
        await RefusedAsync("1 to 200", new NewEvent(Topics.Runs, "a.b", new string('k', 201), []));
        await RefusedAsync("1 to 200", new NewEvent(Topics.Runs, "a.b", "", []));
        await RefusedAsync("at most 262144", new NewEvent(Topics.Runs, "a.b", "k", new byte[(256 * 1024) + 1]));
        await RefusedAsync("There is no topic 'refresher.nothing'", new NewEvent("refresher.nothing", "a.b", "k", []));

        async Task RefusedAsync(string message, NewEvent one) =>
            Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(() => Outbox.AppendAsync(connection, [one], default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_keep_their_bucket_and_use_all_of_them()
    {
        Assert.Equal(12, OutboxBuckets.Of("site-1"));
        Assert.Equal(7, OutboxBuckets.Of("é🙂"));
        var used = Enumerable.Range(0, 16_000).Select(_ => OutboxBuckets.Of(Guid.CreateVersion7().ToString())).CountBy(bucket => bucket).ToList();
        Assert.Equal(16, used.Count);
        Assert.All(used, bucket => Assert.InRange(bucket.Value, 800, 1200));
    }

    private static NewEvent Numbered(int number) => Numbered(number, "k");

    private static NewEvent Numbered(int number, string key) => new(Topics.Runs, "number.said", key, BitConverter.GetBytes(number));

    private async Task<List<(int Number, Guid Id, string? Trace, string Key)>> ReadAsync()
    {
        await using var command = Postgres.CreateCommand("SELECT payload, id, trace_parent, key FROM outbox ORDER BY position");
        await using var row = await command.ExecuteReaderAsync();
        var read = new List<(int, Guid, string?, string)>();
        while (await row.ReadAsync())
        {
            read.Add((BitConverter.ToInt32(row.GetFieldValue<byte[]>(0)), row.GetGuid(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)));
        }

        return read;
    }
}
