// Stand-in for Aspire.Confluent.Kafka
using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Brings a producer of Kafka whole: client, settings, health check, log.</summary>
public static class AspireKafkaProducerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Producer";

    /// <inheritdoc cref="AddKafkaProducer{TKey, TValue}(IHostApplicationBuilder, string, Action{KafkaProducerSettings}?, Action{IServiceProvider, ProducerBuilder{TKey, TValue}}?)"/>
    public static void AddKafkaProducer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName) =>
        builder.AddKafkaProducer<TKey, TValue>(connectionName, configureSettings: null, (Action<IServiceProvider, ProducerBuilder<TKey, TValue>>?)null);

    /// <inheritdoc cref="AddKafkaProducer{TKey, TValue}(IHostApplicationBuilder, string, Action{KafkaProducerSettings}?, Action{IServiceProvider, ProducerBuilder{TKey, TValue}}?)"/>
    public static void AddKafkaProducer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName, Action<KafkaProducerSettings>? configureSettings) =>
        builder.AddKafkaProducer<TKey, TValue>(connectionName, configureSettings, (Action<IServiceProvider, ProducerBuilder<TKey, TValue>>?)null);

    /// <summary>Registers one <see cref="IProducer{TKey, TValue}"/> over <c>ConnectionStrings:{connectionName}</c>, made at its first use.</summary>
    /// <exception cref="InvalidOperationException">librdkafka is not installed. At the first use: something needed is not configured.</exception>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new KafkaProducerSettings();
        settings.ConnectionString = KafkaRegistration.Bind(builder, Section, connectionName, settings, settings.Config) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        settings.Consolidate();

        builder.Services.AddSingleton(services =>
        {
            settings.Validate();
            var log = KafkaRegistration.Log(services);
            var client = new ProducerBuilder<TKey, TValue>(settings.Config).SetLogHandler((_, message) => log(message));
            configureBuilder?.Invoke(services, client);
            return client.Build();
        });
        if (!settings.DisableHealthChecks)
        {
            KafkaRegistration.AddCheck(builder, "Aspire.Confluent.Kafka.Producer", settings.Config);
        }
    }
}
