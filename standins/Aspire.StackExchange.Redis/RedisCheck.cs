// Stand-in for Aspire.StackExchange.Redis
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Healthy while every server of the connection answers a ping.</summary>
internal sealed class RedisCheck(IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = services.GetRequiredService<IConnectionMultiplexer>();
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var endPoint in connection.GetEndPoints(configuredOnly: true))
            {
                await connection.GetServer(endPoint).PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            return HealthCheckResult.Healthy();
        }
#pragma warning disable CA1031 // Whatever a ping ends with is the answer of the check.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: failure);
        }
    }
}
