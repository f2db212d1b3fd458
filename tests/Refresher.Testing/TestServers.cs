using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using StackExchange.Redis;

namespace Refresher.Testing;

/// <summary>The PostgreSQL and Redis of this test process, and Kafka where a test asks for it: real servers, started by the AppHost on first use, gone with the process.</summary>
public sealed partial class TestServers : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Task<TestServers>> s_shared = new(StartSharedAsync);
    private readonly IDistributedApplicationTestingBuilder _builder;
    private readonly DistributedApplication _app;

    private TestServers(IDistributedApplicationTestingBuilder builder, DistributedApplication app, string postgres, string redis, IReadOnlyList<(string Key, string Value)> kafka)
    {
        (_builder, _app) = (builder, app);
        (PostgresConnectionString, RedisConnectionString, KafkaSettings) = (postgres, redis, kafka);
    }

    /// <summary>The server, without a database.</summary>
    public string PostgresConnectionString { get; }

    public string RedisConnectionString { get; }

    /// <summary>What the AppHost tells a project of Kafka, as configuration keys and values: <c>ConnectionStrings:kafka</c> and how its clients are set. Empty without Kafka.</summary>
    public IReadOnlyList<(string Key, string Value)> KafkaSettings { get; }

    /// <summary>The servers that all tests of this process share; each takes a database of its own, see <see cref="TestDatabase"/>.</summary>
    public static Task<TestServers> SharedAsync() => s_shared.Value;

    /// <summary>The shared servers write as those of a real system do; to be said before they are first used. Not needed where only outcomes matter.</summary>
    public static bool SharedAreDurable { get; set; }

    /// <summary>Servers for a test that stops, kills or wipes them.</summary>
    /// <param name="kafka">With a Kafka broker.</param>
    /// <param name="durable">What PostgreSQL has committed is on the disk and survives its end, as in a real system; without it tests are faster.</param>
    public static async Task<TestServers> StartAsync(bool durable = false, bool kafka = false, CancellationToken cancel = default)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(["--only", "servers", .. kafka ? ["--kafka=true"] : Array.Empty<string>()], cancel);
        if (durable)
        {
            builder.Resources.Single(resource => resource.Name == "postgres").Annotations.Add(new CommandLineArgsCallbackAnnotation(BeDurableAsync));
        }

        var app = await builder.BuildAsync(cancel);
        await app.StartAsync(cancel);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("postgres", cancel);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("redis", cancel);
        Task<IReadOnlyList<(string Key, string Value)>>? settings = null;
        if (kafka)
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync("kafka", cancel);
            ReadKafka(builder, ref settings, cancel);
        }

        return new(
            builder,
            app,
            await app.GetConnectionStringAsync("postgres", cancel) ?? throw new InvalidOperationException("postgres has no connection string."),
            await app.GetConnectionStringAsync("redis", cancel) ?? throw new InvalidOperationException("redis has no connection string."),
            settings is null ? [] : await settings);
    }

    /// <summary>Stops <c>postgres</c>, <c>redis</c> or <c>kafka</c>.</summary>
    public Task StopAsync(string server) => CommandAsync(server, KnownResourceCommands.StopCommand);

    /// <summary>Starts a stopped server again, on the port it had; without a data volume its data may be gone.</summary>
    public async Task StartAgainAsync(string server)
    {
        await CommandAsync(server, KnownResourceCommands.StartCommand);

        // "Stopped" is what it was until a moment ago: waiting must not end at that.
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(server, WaitBehavior.WaitOnResourceUnavailable).WaitAsync(s_patience);
    }

    /// <summary>Kills the server's process: it gets no chance to write or to say anything.</summary>
    public async Task KillAsync(string server)
    {
        var id = server switch { "redis" => await RedisProcessAsync(), "postgres" => await PostgresProcessAsync(), _ => await ProcessAsync(server) };
        using var process = System.Diagnostics.Process.GetProcessById(id);
        process.Kill();

        // Until the AppHost has seen it, a command to start it again would find it running.
        await _app.ResourceNotifications.WaitForResourceAsync(server, seen => KnownResourceStates.TerminalStates.Contains(seen.Snapshot.State?.Text)).WaitAsync(s_patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _builder.DisposeAsync();
    }

    /// <summary>In <c>TestServers.Kafka.cs</c>, without which a program may be built.</summary>
    static partial void ReadKafka(IDistributedApplicationTestingBuilder builder, ref Task<IReadOnlyList<(string Key, string Value)>>? settings, CancellationToken cancel);

    private async Task<int> RedisProcessAsync()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString);
        var info = (string?)await redis.GetDatabase().ExecuteAsync("INFO", "server") ?? "";
        return int.Parse(info.Split('\n').Single(line => line.StartsWith("process_id:", StringComparison.Ordinal)).Split(':')[1], CultureInfo.InvariantCulture);
    }

    private async Task<int> PostgresProcessAsync()
    {
        await using var connection = new NpgsqlConnection(PostgresConnectionString);
        await connection.OpenAsync();

        // A backend's parent is the postmaster.
        var stat = await File.ReadAllTextAsync($"/proc/{connection.ProcessID}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private async Task<int> ProcessAsync(string server)
    {
        var seen = await _app.ResourceNotifications.WaitForResourceAsync(server, seen => seen.Snapshot.Properties.Any(property => property.Name == "executable.pid")).WaitAsync(s_patience);
        return Convert.ToInt32(seen.Snapshot.Properties.First(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
    }

    private async Task CommandAsync(string server, string command)
    {
        var result = await _app.ResourceCommands.ExecuteCommandAsync(server, command);
        if (!result.Success)
        {
            throw new InvalidOperationException($"{command} {server}: {result.Message}");
        }
    }

    /// <summary>Of settings that are given twice the later one counts.</summary>
    private static Task BeDurableAsync(CommandLineArgsCallbackContext context)
    {
        foreach (var setting in new[] { "fsync=on", "full_page_writes=on", "synchronous_commit=on" })
        {
            context.Args.Add("-c");
            context.Args.Add(setting);
        }

        return Task.CompletedTask;
    }

    private static async Task<TestServers> StartSharedAsync()
    {
        var servers = await StartAsync(SharedAreDurable);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => servers.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return servers;
    }
}
