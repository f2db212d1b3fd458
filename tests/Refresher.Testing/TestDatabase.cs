using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Refresher.Testing;

/// <summary>An empty database of its own for one test, with a Redis database beside it; both are gone afterwards.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static int s_lastRedis = -1;
    private readonly string _server;
    private readonly string _name;

    // Every process of a test shares it, those it starts too.
    static TestDatabase() => Environment.SetEnvironmentVariable("MasterKey__Value", "a master key that is for tests only, and known");

    private TestDatabase(TestServers servers, string name)
    {
        (_server, _name) = (servers.PostgresConnectionString, name);
        ConnectionString = $"{_server};Database={name};Include Error Detail=true";
        RedisDatabase = Interlocked.Increment(ref s_lastRedis) % 16;
        RedisConnectionString = $"{servers.RedisConnectionString},defaultDatabase={RedisDatabase},allowAdmin=true";
    }

    public string ConnectionString { get; }

    /// <summary>The Redis server with <see cref="RedisDatabase"/> as the default database.</summary>
    public string RedisConnectionString { get; }

    /// <summary>0 to 15. A test process that uses more than 16 at a time shares them.</summary>
    public int RedisDatabase { get; }

    /// <param name="servers">The servers to make it on; the shared ones when null.</param>
    public static async Task<TestDatabase> CreateAsync(TestServers? servers = null)
    {
        var database = new TestDatabase(servers ?? await TestServers.SharedAsync(), "test_" + Guid.NewGuid().ToString("N"));
        await database.ExecuteAsync($"CREATE DATABASE {database._name}");
        await database.EmptyRedisAsync();
        return database;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    /// <summary>An earlier test of this process may have used the same number.</summary>
    private async Task EmptyRedisAsync()
    {
        var parts = RedisConnectionString.Split(',');
        var address = parts[0].Split(':');
        var password = parts.Single(part => part.StartsWith("password=", StringComparison.Ordinal))["password=".Length..];
        using var client = new TcpClient(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nSELECT {RedisDatabase}\r\nFLUSHDB\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        for (var answers = 0; answers < 3; answers++)
        {
            if (await reader.ReadLineAsync() is not "+OK" and var answer)
            {
                throw new InvalidOperationException($"Redis answers {answer}");
            }
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{_server};Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
