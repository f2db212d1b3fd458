using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Watch;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>Stamps the mark that deliveries are sent, while none that could be sent has waited for longer than a minute. One that its provider refuses waits for its next attempt, and is not meant.</summary>
internal sealed class DeliveryLiveness(NpgsqlDataSource database, LivenessMarks marks, TimeProvider clock, SchemaGate gate, ILogger<DeliveryLiveness> log) : Loop(gate, log)
{
    /// <summary>How old the mark may be for the watchdog to call.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string Sql = """
        SELECT NOT EXISTS (
            SELECT FROM deliveries d WHERE d.state = 'pending' AND d.ready_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)
            AND NOT EXISTS (SELECT FROM deliveries e WHERE e.thread = d.thread AND e.channel_id = d.channel_id AND e.place < d.place AND e.state = 'pending'))
        """;

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(5), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var look = database.CreateCommand(Sql);
        look.Parameters.Add(new() { Value = clock.GetUtcNow() - Patience });
        if (await look.ExecuteScalarAsync(cancel) is true)
        {
            await marks.StampAsync(LivenessMarks.Deliveries, cancel);
        }
    }
}
