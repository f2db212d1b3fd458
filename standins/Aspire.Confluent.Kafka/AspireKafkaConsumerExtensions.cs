// Stand-in for Aspire.Confluent.Kafka
using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Brings a consumer of Kafka whole: client, settings, health check, log.</summary>
public static class AspireKafkaConsumerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Consumer";

    /// <inheritdoc cref="AddKafkaConsumer{TKey, TValue}(IHostApplicationBuilder, string, Action{KafkaConsumerSettings}?, Action{IServiceProvider, ConsumerBuilder{TKey, TValue}}?)"/>
    public static void AddKafkaConsumer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName) =>
        builder.AddKafkaConsumer<TKey, TValue>(connectionName, configureSettings: null, (Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>?)null);

    /// <inheritdoc cref="AddKafkaConsumer{TKey, TValue}(IHostApplicationBuilder, string, Action{KafkaConsumerSettings}?, Action{IServiceProvider, ConsumerBuilder{TKey, TValue}}?)"/>
    public static void AddKafkaConsumer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName, Action<KafkaConsumerSettings>? configureSettings) =>
        builder.AddKafkaConsumer<TKey, TValue>(connectionName, configureSettings, (Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>?)null);

    /// <summary>Registers one <see cref="IConsumer{TKey, TValue}"/> over <c>ConnectionStrings:{connectionName}</c>, made at its first use.</summary>
    /// <exception cref="InvalidOperationException">librdkafka is not installed. At the first use: something needed is not configured.</exception>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new KafkaConsumerSettings();
        settings.ConnectionString = KafkaRegistration.Bind(builder, Section, connectionName, settings, settings.Config) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        settings.Consolidate();

        builder.Services.AddSingleton(services =>
        {
            settings.Validate();
            var log = KafkaRegistration.Log(services);
            var client = new ConsumerBuilder<TKey, TValue>(settings.Config).SetLogHandler((_, message) => log(message));
            configureBuilder?.Invoke(services, client);
            return client.Build();
        });
        if (!settings.DisableHealthChecks)
        {
            KafkaRegistration.AddCheck(builder, "Aspire.Confluent.Kafka.Consumer", settings.Config);
        }
    }
}
