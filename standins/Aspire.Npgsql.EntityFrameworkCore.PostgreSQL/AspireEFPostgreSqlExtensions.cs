// Stand-in for Aspire.Npgsql.EntityFrameworkCore.PostgreSQL
using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Microsoft.Extensions.Hosting;

/// <summary>Brings a PostgreSQL context whole: pool, retries, health check, traces and metrics.</summary>
public static class AspireEFPostgreSqlExtensions
{
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";

    /// <summary>Registers a pooled context over <c>ConnectionStrings:{connectionName}</c>.</summary>
    /// <exception cref="InvalidOperationException">In Development: the context is registered already. At the first use: no connection string.</exception>
    public static void AddNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null,
        Action<DbContextOptionsBuilder>? configureDbContextOptions = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        if (builder.Environment.IsDevelopment() && IsRegistered<TContext>(builder))
        {
            throw new InvalidOperationException($"DbContext<{typeof(TContext).Name}> is already registered; use {nameof(EnrichNpgsqlDbContext)} for it.");
        }

        var settings = SettingsOf<TContext>(builder, connectionName);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddDbContextPool<TContext>(options =>
        {
            // Asked for at the first use and not here, so that a logger exists to tell of it.
            if (string.IsNullOrWhiteSpace(settings.ConnectionString) && !EF.IsDesignTime)
            {
                throw new InvalidOperationException(
                    $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under 'ConnectionString' in '{Section}'.");
            }

            options.UseNpgsql(settings.ConnectionString, npgsql => Apply(settings, npgsql, retries: !settings.DisableRetry));
            configureDbContextOptions?.Invoke(options);
        });
        AddObservers<TContext>(builder, settings);
    }

    /// <summary>Gives a context that is registered already the retries, the health check, the traces and the metrics.</summary>
    /// <exception cref="InvalidOperationException">The context is not registered.</exception>
    public static void EnrichNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);

        var settings = SettingsOf<TContext>(builder, connectionName: null);
        configureSettings?.Invoke(settings);

        if (!settings.DisableRetry || settings.CommandTimeout is not null)
        {
            if (!IsRegistered<TContext>(builder))
            {
                throw new InvalidOperationException(
                    $"DbContext<{typeof(TContext).Name}> was not registered. Register it before calling {nameof(EnrichNpgsqlDbContext)}.");
            }

            builder.Services.ConfigureDbContext<TContext>(options =>
            {
                // A context that has a strategy of its own keeps it.
                var strategy = options.Options.Extensions.OfType<RelationalOptionsExtension>().FirstOrDefault()?.ExecutionStrategyFactory;
                options.UseNpgsql(npgsql => Apply(settings, npgsql, retries: !settings.DisableRetry && strategy is null));
            });
        }

        AddObservers<TContext>(builder, settings);
    }

    private static bool IsRegistered<TContext>(IHostApplicationBuilder builder)
        where TContext : DbContext => builder.Services.Any(service => service.ServiceType == typeof(DbContextOptions<TContext>));

    private static NpgsqlEntityFrameworkCorePostgreSQLSettings SettingsOf<TContext>(IHostApplicationBuilder builder, string? connectionName)
        where TContext : DbContext
    {
        var settings = new NpgsqlEntityFrameworkCorePostgreSQLSettings();
        var section = builder.Configuration.GetSection(Section);
        section.Bind(settings);
        if (connectionName is not null)
        {
            section.GetSection(connectionName).Bind(settings);
        }

        section.GetSection(typeof(TContext).Name).Bind(settings);
        return settings;
    }

    private static void Apply(NpgsqlEntityFrameworkCorePostgreSQLSettings settings, NpgsqlDbContextOptionsBuilder npgsql, bool retries)
    {
        if (retries)
        {
            npgsql.EnableRetryOnFailure();
        }

        if (settings.CommandTimeout is { } seconds)
        {
            npgsql.CommandTimeout(seconds);
        }
    }

    private static void AddObservers<TContext>(IHostApplicationBuilder builder, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
        where TContext : DbContext
    {
        // The key is the real package's, so that a check is added once even where both packages are asked for it.
        if (!settings.DisableHealthChecks && builder.Properties.TryAdd($"Aspire.HealthChecks.{typeof(TContext).Name}", true))
        {
            builder.Services.AddHealthChecks().AddCheck<DbContextCheck<TContext>>(typeof(TContext).Name);
        }

        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Npgsql"));
        }

        if (!settings.DisableMetrics)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
        }
    }
}
