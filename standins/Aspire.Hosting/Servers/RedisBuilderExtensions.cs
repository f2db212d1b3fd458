// Stand-in for Aspire.Hosting.Redis: adds the server, a local process.
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Adds Redis.</summary>
public static class RedisBuilderExtensions
{
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        var redis = new RedisResource(name, password?.Resource ?? ParameterResourceBuilderExtensions.Password(builder, $"{name}-password", special: false));
        return builder.AddResource(redis)
            .WithEndpoint(port: port, name: "tcp", scheme: "redis")
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithAnnotation(new LauncherAnnotation((context, cancel) => PrepareAsync(redis, context, cancel)))
            .WithAnnotation(new HealthProbeAnnotation((_, cancel) => PingAsync(redis, cancel)));
    }

    /// <summary>Keeps the data folder for the next start; turns persistence on as Aspire does.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null)
    {
        builder.WithAnnotation(new DataVolumeAnnotation(name), ResourceAnnotationMutationBehavior.Replace);
        return builder.Resource.TryGetLastAnnotation<PersistenceAnnotation>(out _) ? builder : builder.WithPersistence();
    }

    /// <summary>Writes the data down every interval (one minute when null) in which at least so many keys changed.</summary>
    public static IResourceBuilder<RedisResource> WithPersistence(this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1) =>
        builder.WithAnnotation(new PersistenceAnnotation(interval, keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);

    private static async Task<Launch> PrepareAsync(RedisResource redis, LaunchContext context, CancellationToken cancel)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists)
            ?? throw new DistributedApplicationException("Redis is not installed. ./refresher up installs it; on Debian: apt-get install redis-server");
        var account = Account.Unprivileged("redis");
        var kept = redis.TryGetLastAnnotation<DataVolumeAnnotation>(out var volume);
        var data = context.State.DataOf(redis.Name, kept, volume?.Name);
        Account.OwnFolder(account, data);
        var save = redis.TryGetLastAnnotation<PersistenceAnnotation>(out var persistence)
            ? string.Create(CultureInfo.InvariantCulture, $"{persistence.Interval.TotalSeconds:0} {persistence.KeysChangedThreshold}")
            : "\"\"";
        var secret = await redis.PasswordParameter!.GetValueAsync(cancel);
        return new(program, ["-"])
        {
            Account = account,
            WorkingDirectory = data,
            Input = string.Create(CultureInfo.InvariantCulture, $"""
                bind 127.0.0.1
                port {redis.PrimaryEndpoint.Port}
                dir "{data}"
                save {save}
                requirepass {secret}

                """),
        };
    }

    private static async Task PingAsync(RedisResource redis, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(redis.PrimaryEndpoint.Host, redis.PrimaryEndpoint.Port, cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {await redis.PasswordParameter!.GetValueAsync(cancel)}\r\nPING\r\n"), patience.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var (authenticated, answer) = (await reader.ReadLineAsync(patience.Token), await reader.ReadLineAsync(patience.Token));
        if (answer != "+PONG")
        {
            // While it loads its data it says so; a wrong password is told by the first line.
            throw new InvalidOperationException($"Redis answers {(authenticated is "+OK" ? answer : authenticated) ?? "nothing"}");
        }
    }
}
