using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>How many deliveries wait and for how long, looked at now and then for the gauges.</summary>
internal sealed class DeliveryMeasures(NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<DeliveryMeasures> log) : Loop(gate, log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <param name="outcome"><c>sent</c>, <c>again</c> or <c>failed</c>.</param>
    public static void Count(string kind, string outcome) => RefresherTelemetry.Deliveries.Add(1, new("channel", kind), new("outcome", outcome));

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(Pause, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT count(*), min(created_at) FROM deliveries WHERE state = 'pending'");
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        RefresherTelemetry.DeliveriesPending.Record(row.GetInt64(0));
        RefresherTelemetry.DeliveryAge.Record(row.IsDBNull(1) ? 0 : Math.Max(0, (clock.GetUtcNow() - row.GetFieldValue<DateTimeOffset>(1)).TotalSeconds));
    }
}
