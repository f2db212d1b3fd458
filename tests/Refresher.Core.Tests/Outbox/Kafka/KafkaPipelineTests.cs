using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Refresher.Core.Contract;
using Refresher.Core.Outbox;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Core.Tests.Outbox.Kafka;

/// <summary>From the outbox through a real broker to a table, with what breaks on the way.</summary>
public sealed class KafkaPipelineTests : IAsyncLifetime
{
    private static readonly KindCatalog s_kinds = new KindCatalog().AddAll(TaskCatalog.Kinds).Add<NotingKind>();
    private TestServers _servers = null!;
    private TestDatabase _database = null!;
    private EngineHost _client = null!;

    public async Task InitializeAsync()
    {
        _servers = await TestServers.StartAsync(kafka: true);
        _database = await TestDatabase.CreateAsync(_servers);
        _client = await EngineHost.StartAsync(_database, s_kinds, "scheduler");
        await ExecuteAsync("CREATE TABLE noted (number bigserial, id uuid PRIMARY KEY, key text NOT NULL, payload int NOT NULL)");
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _database.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task Everything_written_while_the_broker_is_away_arrives_in_order_when_it_is_back()
    {
        await using var worker = await WorkerAsync();
        await WriteAsync(200);
        await ArrivedAsync(200);

        await _servers.StopAsync("kafka");
        await WriteAsync(500);
        await _servers.StartAgainAsync("kafka");
        await WriteAsync(100);

        await ArrivedAsync(800, seconds: 90);
        await InOrderAsync();
    }

    [Fact]
    public async Task What_a_relay_leaves_when_it_ends_is_published_by_another()
    {
        await using (var first = await WorkerAsync())
        {
            await WriteAsync(100);
            await ArrivedAsync(100);
            await WriteAsync(1000);
        }

        await using var second = await WorkerAsync();
        await ArrivedAsync(1100, seconds: 60);
        await InOrderAsync();
    }

    [Fact]
    public async Task Two_workers_share_the_work_and_lose_nothing_when_one_ends()
    {
        await using var one = await WorkerAsync();
        await using (var two = await WorkerAsync())
        {
            await WriteAsync(1000);
            await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM noted"), seen => seen >= 300, 60);
        }

        await WriteAsync(100);
        await ArrivedAsync(1100, seconds: 60);
        await InOrderAsync();
    }

    [Fact]
    public async Task Asked_again_a_consumer_reads_again_and_its_effects_are_the_same()
    {
        await using var worker = await WorkerAsync();
        await WriteAsync(300);
        await ArrivedAsync(300);
        await ExecuteAsync("DELETE FROM noted WHERE payload % 2 = 0");

        await ExecuteAsync("UPDATE event_readers SET replay_from = '2000-01-01Z' WHERE name = 'noting'");

        await ArrivedAsync(300, seconds: 60);
    }

    private Task<EngineHost> WorkerAsync() => EngineHost.StartAsync(_database, s_kinds, "worker", [.. _servers.KafkaSettings]);

    private int _written;

    private async Task WriteAsync(int count)
    {
        var outbox = _client.Services.GetRequiredService<OutboxWriter>();
        await using var connection = await _client.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        foreach (var numbers in Enumerable.Range(_written + 1, count).Chunk(100))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await outbox.AppendAsync(connection, [.. numbers.Select(number => new NewEvent(Topics.SiteChecks, "test.noted", $"key-{number % 17}", System.Text.Encoding.UTF8.GetBytes($"{number}")))], default);
            await transaction.CommitAsync();
            await outbox.TellAsync();
        }

        _written += count;
    }

    private Task<long> ArrivedAsync(int count, double seconds = 60) =>
        Eventually.SeeAsync(async () => await ScalarAsync("SELECT count(*) FROM noted"), seen => seen == count, seconds);

    private async Task InOrderAsync() => Assert.Equal(0, await ScalarAsync(
        "SELECT count(*) FROM (SELECT payload - lag(payload) OVER (PARTITION BY key ORDER BY number) AS step FROM noted) AS steps WHERE step < 0"));

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class NotingKind : IKind
    {
        public static string Name => "noting";

        public static void AddWorkers(IHostApplicationBuilder builder) => builder.Services.AddEventConsumer<Noting>();
    }

    /// <summary>Notes each event once.</summary>
    private sealed class Noting : IEventConsumer
    {
        public string Name => "noting";

        public IReadOnlyList<string> Topics => [Refresher.Core.Outbox.Topics.SiteChecks];

        public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
        {
            await using var command = new NpgsqlCommand(
                "INSERT INTO noted (id, key, payload) SELECT * FROM unnest($1, $2, $3) ON CONFLICT (id) DO NOTHING", connection);
            command.Parameters.Add(new() { Value = events.Select(one => one.Id).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(one => one.Key).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(one => int.Parse(System.Text.Encoding.UTF8.GetString(one.Payload.Span), System.Globalization.CultureInfo.InvariantCulture)).ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
            return [];
        }
    }
}
