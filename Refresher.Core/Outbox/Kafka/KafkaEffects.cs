using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Outbox.Delivery;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>
/// Has a consumer act on what its member took from Kafka, until all of it is done or set aside. What fails together is cut by buckets of keys, which keeps
/// the order within each; a bucket with an event at fault does not hold the others of the batch, though the batch waits for it.
/// </summary>
internal sealed partial class KafkaEffects(NpgsqlDataSource database, EventDelivery delivery, TimeProvider clock, ILogger<KafkaEffects> log)
{
    /// <param name="failing">Is told why it fails, and null when it does not any more.</param>
    /// <exception cref="OperationCanceledException">It is not done: the batch is to be read again.</exception>
    public async Task ActAsync(IEventConsumer consumer, IReadOnlyList<Event> events, Action<string?> failing, CancellationToken cancel)
    {
        var together = new Line(events);
        await DeliverAsync(consumer, together, cancel);
        if (together.Rest.Count > 0)
        {
            failing(together.State.Failing);
            await FinishAsync(consumer, [.. together.Rest.GroupBy(one => OutboxBuckets.Of(one.Key)).Select(bucket => new Line(bucket))], failing, cancel);
        }

        failing(null);
    }

    private async Task FinishAsync(IEventConsumer consumer, List<Line> lines, Action<string?> failing, CancellationToken cancel)
    {
        while (lines.MinBy(line => line.State.RetryAt ?? DateTimeOffset.MinValue) is { } next)
        {
            if (next.State.RetryAt - clock.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, clock, cancel);
            }

            await DeliverAsync(consumer, next, cancel);
            lines.RemoveAll(line => line.Rest.Count == 0);
            failing(lines.Find(line => line.State.Failing is not null)?.State.Failing);
        }
    }

    /// <summary>What lies with a server that is away is waited for, and counts as no failure of the event.</summary>
    private async Task DeliverAsync(IEventConsumer consumer, Line line, CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        while (true)
        {
            await using var lot = new KafkaLot(database, line.Rest);
            try
            {
                line.State = await delivery.DeliverAsync(consumer, lot, line.State, cancel) ?? line.State;
                line.Rest.RemoveRange(0, lot.Passed);
                return;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                line.Rest.RemoveRange(0, lot.Passed);
                LogAgain(error, consumer.Name);
                await backoff.DelayAsync(cancel);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} waits for a server that is away.")]
    private partial void LogAgain(Exception error, string consumer);

    /// <summary>Events that are still to be done, in their order, and how it goes with them.</summary>
    private sealed class Line(IEnumerable<Event> events)
    {
        public List<Event> Rest { get; } = [.. events];

        public DeliveryState State { get; set; } = DeliveryState.Clean;
    }
}

/// <summary>Events from Kafka. Their mark is the group's offset, which is stored when all of the batch has passed.</summary>
internal sealed class KafkaLot(NpgsqlDataSource database, IReadOnlyList<Event> events) : EventLot, IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public override IReadOnlyList<Event> Events { get; } = [.. events];

    /// <summary>So many from the front are done.</summary>
    public int Passed { get; private set; }

    public override async Task<NpgsqlTransaction?> BeginAsync(CancellationToken cancel)
    {
        // Closed when it was lost: then what was begun on it is thrown, and the lot is tried again with a new one.
        _connection ??= await database.OpenConnectionAsync(cancel);
        return await _connection.BeginTransactionAsync(cancel);
    }

    public override Task CommittedAsync(int passed, CancellationToken cancel)
    {
        Passed = passed;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
}
