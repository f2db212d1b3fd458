// Stand-in for Aspire.Confluent.Kafka: what producers and consumers are registered with alike.
using Confluent.Kafka;
using HealthChecks.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

/// <summary>Reads a section and its part for one connection, and adds the health check and the log.</summary>
internal static class KafkaRegistration
{
    private const string Category = "Aspire.Confluent.Kafka";

    public static string? Bind(IHostApplicationBuilder builder, string sectionName, string connectionName, object settings, ClientConfig config)
    {
        var section = builder.Configuration.GetSection(sectionName);
        foreach (var part in new[] { section, section.GetSection(connectionName) })
        {
            part.Bind(settings);
            part.GetSection("Config").Bind(config);
        }

        return builder.Configuration.GetConnectionString(connectionName);
    }

    public static void AddCheck(IHostApplicationBuilder builder, string name, ClientConfig config)
    {
        // The key is the real package's, so that a check is added once even where both packages are asked for it.
        if (!builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
        {
            return;
        }

        builder.Services.AddKeyedSingleton(name, (_, _) => new KafkaHealthCheck(new ProducerConfig(config.ToDictionary())
        {
            SocketTimeoutMs = 1000,
            MessageTimeoutMs = 1000,
            StatisticsIntervalMs = 0,
        }));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(name, services => services.GetRequiredKeyedService<KafkaHealthCheck>(name), failureStatus: null, tags: null));
    }

    public static Action<LogMessage> Log(IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        return message =>
        {
            var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
            if (logger.IsEnabled(level))
            {
                logger.Log(level, message.Facility?.GetHashCode(StringComparison.Ordinal) ?? 0, message.Message, null, static (text, _) => text);
            }
        };
    }
}
