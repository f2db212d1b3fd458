using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Outbox;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>Events from their writers through the log to a consumer that copies them into a table: how many a second, and how long from the write to the row.</summary>
internal static class EventFlow
{
    private const int Payload = 400;

    /// <param name="options"><c>--events</c>, <c>--writers</c>, <c>--batch</c> (events a transaction of a writer), <c>--rate</c> (events a second for the latency), <c>--kafka</c> (through a broker).</param>
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        var (events, writers, batch, rate, seconds) = (options.Number("events", 300_000), options.Number("writers", 4), options.Number("batch", 500), options.Number("rate", 2000), options.Number("seconds", 20));
        await using var servers = options.Has("kafka") ? await TestServers.StartAsync(durable: true, kafka: true) : null;
        await using var database = await TestDatabase.CreateAsync(servers);
        await using var scheduler = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await ExecuteAsync(source, "CREATE TABLE arrived (id uuid PRIMARY KEY, key text, written_at timestamptz, at timestamptz DEFAULT clock_timestamp(), payload bytea)");
        await using var worker = await EngineHost.StartWithAsync(
            database, TaskCatalog.Kinds, "worker", builder => builder.Services.RemoveAll<IEventConsumer>().AddEventConsumer<Copier>(),
            [("Worker:Roles", "consumers,relay"), .. servers?.KafkaSettings ?? []]);
        var outbox = scheduler.Services.GetRequiredService<OutboxWriter>();
        figures.Title($"events: {events:n0} events of {Payload} bytes, {writers} writers of {batch} a transaction, {(servers is null ? "the direct log" : "Kafka")}, a consumer that copies them; fsync on");

        await WriteAsync(source, outbox, 5000, 1, 100, null);
        await ArrivedAsync(source, 5000);
        await ExecuteAsync(source, "TRUNCATE arrived");
        var postgres = ServerCpu.Find("postgres", new NpgsqlConnectionStringBuilder(database.ConnectionString).Port);
        var (cpu, own, began) = (postgres?.Now() ?? default, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await WriteAsync(source, outbox, events, writers, batch, null);
        var written = Stopwatch.GetElapsedTime(began);
        await ArrivedAsync(source, events);
        var arrived = Stopwatch.GetElapsedTime(began);
        figures.Say("events written per second", events / written.TotalSeconds, "events/s", "while they are read");
        figures.Say("events through to rows per second", events / arrived.TotalSeconds, "events/s");
        figures.Say("PostgreSQL's processor time an event", ((postgres?.Now() ?? default) - cpu).TotalMicroseconds / events, "µs");
        figures.Say("writers' and consumer's processor time an event", (Environment.CpuUsage.TotalTime - own).TotalMicroseconds / events, "µs", "one process");
        await SayLatencyAsync(source, figures, "at full speed");

        await ExecuteAsync(source, "TRUNCATE arrived");
        await WriteAsync(source, outbox, rate * seconds, writers, Math.Max(1, rate / 100), rate);
        await ArrivedAsync(source, rate * seconds);
        await SayLatencyAsync(source, figures, $"at {rate}/s");
    }

    private static async Task WriteAsync(NpgsqlDataSource source, OutboxWriter outbox, int events, int writers, int batch, int? rate)
    {
        var left = events;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            while (true)
            {
                var remains = Interlocked.Add(ref left, -batch) + batch;
                if (remains <= 0)
                {
                    return;
                }

                if (rate is { } most)
                {
                    var due = TimeSpan.FromSeconds((double)(events - remains) / most) - Stopwatch.GetElapsedTime(began);
                    await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
                }

                await using var transaction = await connection.BeginTransactionAsync();
                await outbox.AppendAsync(connection, [.. Enumerable.Range(0, Math.Min(batch, remains)).Select(_ => Made())], default);
                await transaction.CommitAsync();
                await outbox.TellAsync();
            }
        })));
    }

    private static NewEvent Made()
    {
        var payload = new byte[Payload];
        Array.Fill(payload, (byte)'x');
        Encoding.UTF8.GetBytes("{\"a\":\"", payload);
        Encoding.UTF8.GetBytes("\"}", payload.AsSpan(Payload - 2));
        return new(Topics.SiteChecks, "site.checked", Random.Shared.Next(10_000).ToString(CultureInfo.InvariantCulture), payload);
    }

    private static Task<long> ArrivedAsync(NpgsqlDataSource source, long count) => Eventually.SeeAsync(
        async () =>
        {
            await using var command = source.CreateCommand("SELECT count(*) FROM arrived");
            return (long)(await command.ExecuteScalarAsync())!;
        },
        seen => seen >= count,
        seconds: 600);

    private static async Task SayLatencyAsync(NpgsqlDataSource source, Figures figures, string when)
    {
        await using var command = source.CreateCommand("""
            SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM at - written_at)::float8 * 1000) FROM arrived
            """);
        var shares = (double[])(await command.ExecuteScalarAsync())!;
        figures.Say($"from write to row {when} p50", shares[0], "ms", "without the commit of the row");
        figures.Say($"from write to row {when} p99", shares[1], "ms");
        figures.Say($"from write to row {when} max", shares[2], "ms");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Copies what it gets, each event once.</summary>
    private sealed class Copier : IEventConsumer
    {
        public string Name => "bench-copier";

        public IReadOnlyList<string> Topics { get; } = [Core.Outbox.Topics.SiteChecks];

        public int BatchSize => 5000;

        public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
        {
            await using (var make = new NpgsqlCommand("CREATE TEMPORARY TABLE IF NOT EXISTS copied (id uuid, key text, written_at timestamptz, payload bytea) ON COMMIT DELETE ROWS", connection))
            {
                await make.ExecuteNonQueryAsync(cancel);
            }

            await using (var copy = await connection.BeginBinaryImportAsync("COPY copied FROM STDIN (FORMAT BINARY)", cancel))
            {
                foreach (var one in events)
                {
                    await copy.StartRowAsync(cancel);
                    await copy.WriteAsync(one.Id, NpgsqlDbType.Uuid, cancel);
                    await copy.WriteAsync(one.Key, NpgsqlDbType.Text, cancel);
                    await copy.WriteAsync(one.At, NpgsqlDbType.TimestampTz, cancel);
                    await copy.WriteAsync(one.Payload, NpgsqlDbType.Bytea, cancel);
                }

                await copy.CompleteAsync(cancel);
            }

            await using var insert = new NpgsqlCommand("INSERT INTO arrived (id, key, written_at, payload) SELECT id, key, written_at, payload FROM copied ON CONFLICT DO NOTHING", connection);
            await insert.ExecuteNonQueryAsync(cancel);
            return [];
        }
    }
}
