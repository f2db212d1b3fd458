// Stand-in for Aspire.Hosting.PostgreSQL: adds the server and its databases.
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Npgsql;

namespace Aspire.Hosting;

/// <summary>Adds PostgreSQL.</summary>
public static class PostgresBuilderExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.Password(builder, $"{name}-password", special: true);
        var server = new PostgresServerResource(name, userName?.Resource, secret);
        var process = new PostgresProcess(server);
        return builder.AddResource(server)
            .WithEndpoint(port: port, name: "tcp")
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithAnnotation(new LauncherAnnotation(process.PrepareAsync))
            .WithAnnotation(new HealthProbeAnnotation((_, cancel) => QueryAsync(server, "SELECT 1", cancel)))
            .WithAnnotation(new OnReadyAnnotation(cancel => CreateDatabasesAsync(server, cancel)));
    }

    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        builder.Resource.AddDatabase(name, databaseName ?? name);
        return builder.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource));
    }

    /// <summary>Keeps the data for the next start. Without it the data is as lasting as a container's: gone with the process, and written without <c>fsync</c>.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null) =>
        builder.WithAnnotation(new DataVolumeAnnotation(name), ResourceAnnotationMutationBehavior.Replace);

    private static async Task CreateDatabasesAsync(PostgresServerResource server, CancellationToken cancel)
    {
        foreach (var database in server.Databases.Values)
        {
            try
            {
                await QueryAsync(server, $"CREATE DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", cancel);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
            {
                // It is there from an earlier start.
            }
        }
    }

    private static async Task QueryAsync(PostgresServerResource server, string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection($"{await server.GetConnectionStringAsync(cancel)};Database=postgres;Pooling=false;Timeout=5");
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
