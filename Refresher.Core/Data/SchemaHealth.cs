using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Refresher.Core.Data;

/// <summary>Not healthy before the database has this program's schema and the clock is set: until then nothing can be asked of the process.</summary>
internal sealed class SchemaHealth(SchemaGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gate.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the database is being prepared"));
}

/// <summary>A scheduler is not healthy before the first login and the examples are there: whoever waits for its health may log in afterwards.</summary>
internal sealed class FirstStartHealth(SchemaMigrator migrator) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(migrator.IsDone ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the first login is being set up"));
}
