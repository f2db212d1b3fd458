// Stand-in for Aspire.StackExchange.Redis
using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Brings the Redis connection whole: reconnects by itself, has a health check.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";
    private const string CheckName = "StackExchange.Redis";

    /// <summary>Registers one <see cref="IConnectionMultiplexer"/> over <c>ConnectionStrings:{connectionName}</c>. A server that is down is waited for, not an error.</summary>
    /// <exception cref="InvalidOperationException">At the first use: no connection string.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = SettingsOf(builder, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(OptionsOf(builder, connectionName, settings, configureOptions)));
        if (!settings.DisableAutoActivation)
        {
            builder.Services.AddHostedService<EarlyConnection>();
        }

        // The key is the real package's, so that a check is added once even where both packages are asked for it.
        if (!settings.DisableHealthChecks && builder.Properties.TryAdd($"Aspire.HealthChecks.{CheckName}", true))
        {
            // By provider, not by instance: while Redis is down the connection may fail to be made, which is for the check to tell.
            builder.Services.AddHealthChecks().AddCheck<RedisCheck>(CheckName);
        }
    }

    private static StackExchangeRedisSettings SettingsOf(IHostApplicationBuilder builder, string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        var section = builder.Configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static ConfigurationOptions OptionsOf(
        IHostApplicationBuilder builder, string connectionName, StackExchangeRedisSettings settings, Action<ConfigurationOptions>? configureOptions)
    {
        var text = settings.ConnectionString ?? "";
        var options = text.Length > 0 ? ConfigurationOptions.Parse(text) : new ConfigurationOptions();
        if (!text.Contains("abortConnect", StringComparison.OrdinalIgnoreCase))
        {
            options.AbortOnConnectFail = false;
        }

        var section = builder.Configuration.GetSection(Section);
        section.GetSection("ConfigurationOptions").Bind(options);
        section.GetSection(connectionName).GetSection("ConfigurationOptions").Bind(options);
        configureOptions?.Invoke(options);

        return options.EndPoints.Count > 0
            ? options
            : throw new InvalidOperationException(
                $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' or for '{Section}:ConnectionString'.");
    }

    private sealed class EarlyConnection(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetRequiredService<IConnectionMultiplexer>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
