using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Outbox.Delivery;
using Refresher.Core.Queue;

namespace Refresher.Core.Outbox.Direct;

/// <summary>The event log without a broker: each consumer of this process reads the outbox by itself.</summary>
internal sealed class DirectLog(
    IEnumerable<IEventConsumer> consumers, IOptions<EventOptions> options, NpgsqlDataSource database, EventDelivery delivery, EventReaders readers, LiveSignals signals, TimeProvider clock,
    SchemaGate gate, ILogger<DirectConsumer> log) : BackgroundService
{
    private readonly DirectConsumer[] _consumers = [.. consumers.Select(consumer => new DirectConsumer(consumer, options.Value, database, delivery, readers, signals, clock, gate, log))];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        foreach (var consumer in _consumers)
        {
            await consumer.StartAsync(cancellationToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_consumers.Select(consumer => consumer.StopAsync(cancellationToken)));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        foreach (var consumer in _consumers)
        {
            consumer.Dispose();
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in signals.SubscribeAsync([LiveSignal.Outbox], stoppingToken))
            {
                foreach (var consumer in _consumers)
                {
                    consumer.Wake.Set();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
