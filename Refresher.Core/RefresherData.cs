using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Alerts;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Watch;
using StackExchange.Redis;

namespace Refresher.Core;

/// <summary>Brings the data of the system whole into a process: database, Redis, clock, and what people and programs do with them.</summary>
public static class RefresherData
{
    /// <summary>
    /// Adds everything that every process needs.
    /// <code>
    /// ConnectionStrings: { refresher: "Host=…", redis: "host:port,password=…" }
    /// MasterKey: { Value: "…" }
    /// Node: { Name: "worker-1" }
    /// </code>
    /// </summary>
    /// <param name="maxPoolSize">PostgreSQL connections this process may hold, 1 to 1000: few for many replicas' sake.</param>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:refresher</c> or <c>MasterKey:Value</c> is missing.</exception>
    public static IHostApplicationBuilder AddRefresherData(this IHostApplicationBuilder builder, KindCatalog kinds, int maxPoolSize)
    {
        builder.Services.AddSingleton(kinds);
        AddDatabase(builder, maxPoolSize);

        // Its own ten threads would wake all the time to see that there is nothing.
        builder.AddRedisClient("redis", configureOptions: options => options.SocketManager = SocketManager.ThreadPool);
        builder.Services.AddSingleton(NodeName.From(builder.Configuration));
        builder.AddSharedDataProtection();
        builder.Services.AddRunQueue().AddAudit().AddAccess().AddOperations().AddRuns().AddSchedules().AddEvents().AddWatch();
        builder.AddAlerts();
        foreach (var kind in kinds)
        {
            kind.AddServices(builder);
        }

        return builder;
    }

    private static void AddDatabase(IHostApplicationBuilder builder, int maxPoolSize)
    {
        var connectionString = builder.Configuration.GetConnectionString("refresher")
            ?? throw new InvalidOperationException("ConnectionStrings:refresher is missing: the address of the PostgreSQL database.");

        // One data source for EF and for raw SQL: one pool, whose size is the role's.
        builder.Services.AddSingleton(services =>
        {
            var source = new NpgsqlDataSourceBuilder(connectionString);
            source.Name = "refresher";
            source.ConnectionStringBuilder.MaxPoolSize = maxPoolSize;
            source.ConnectionStringBuilder.ApplicationName ??= builder.Environment.ApplicationName;
            source.UseLoggerFactory(services.GetService<Microsoft.Extensions.Logging.ILoggerFactory>());
            return source.Build();
        });
        builder.Services.AddDbContextPool<RefresherDb>((services, options) => options
            .UseNpgsql(services.GetRequiredService<NpgsqlDataSource>(), npgsql => npgsql.MigrationsAssembly("Refresher.Tasks"))
            .ReplaceService<IMigrationsSqlGenerator, DropsWithViews>()

            // Who asked gets the exception and says what it means; that a new database has no history yet means nothing.
            // A table too many is no reason not to start: SchemaMigrator knows the difference.
            .ConfigureWarnings(warnings => warnings
                .Log((RelationalEventId.CommandError, Microsoft.Extensions.Logging.LogLevel.Debug))
                .Ignore(RelationalEventId.PendingModelChangesWarning)));
        builder.EnrichNpgsqlDbContext<RefresherDb>();
        builder.Services.AddSingleton<ClusterClock>();
        builder.Services.AddSingleton<TimeProvider>(services => services.GetRequiredService<ClusterClock>());
        builder.Services.AddSingleton<SchemaGate>();
        builder.Services.AddHostedService<ClusterClockSync>();
        builder.Services.AddHostedService<SchemaWatch>();
        builder.Services.AddHealthChecks().AddCheck<SchemaHealth>("schema");
    }
}
