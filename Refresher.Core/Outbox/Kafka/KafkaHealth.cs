using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Healthy while a broker answers. Without one events wait in the outbox, so the process is degraded and not of no use.</summary>
internal sealed class KafkaHealth(KafkaClients clients) : IHealthCheck, IDisposable
{
    private readonly Lazy<IAdminClient> _admin = new(clients.Admin);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // It blocks, so it has a thread of its own; the limit is below that of all checks.
            var metadata = await Task.Run(() => _admin.Value.GetMetadata(TimeSpan.FromSeconds(4)), cancellationToken);
            return metadata.Brokers.Count > 0 ? HealthCheckResult.Healthy() : new(context.Registration.FailureStatus, "There is no broker.");
        }
        catch (KafkaException e)
        {
            return new(context.Registration.FailureStatus, e.Error.Reason);
        }
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }
}
