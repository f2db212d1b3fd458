// Stand-in for AspNetCore.HealthChecks.Kafka
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HealthChecks.Kafka;

/// <summary>Healthy while a message can be sent to <c>healthchecks-topic</c>.</summary>
internal sealed class KafkaHealthCheck(ProducerConfig configuration) : IHealthCheck, IDisposable
{
    private const string Topic = "healthchecks-topic";
    private readonly Lazy<IProducer<string, string>> _producer = new(new ProducerBuilder<string, string>(configuration).Build);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var message = new Message<string, string> { Key = "healthcheck-key", Value = "Check Kafka healthy" };
            var sent = await _producer.Value.ProduceAsync(Topic, message, cancellationToken).ConfigureAwait(false);
            return sent.Status == PersistenceStatus.NotPersisted
                ? new HealthCheckResult(context.Registration.FailureStatus, "Message is not persisted or a failure is raised on health check for kafka.")
                : HealthCheckResult.Healthy();
        }
#pragma warning disable CA1031 // Whatever sending ends with is the answer of the check.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: failure);
        }
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }
}
