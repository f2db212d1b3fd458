using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>
/// Publishes the outbox: each bucket by one process at a time, in its order, and its place is moved when the broker has answered for all before it. While
/// the broker is down the rows wait. Of a process that dies another takes the buckets with its connection's end and publishes again what was not moved past:
/// every event is published at least once, and consumers know it by its id.
/// </summary>
/// <remarks>Kept in order is what the broker takes. An event that it refuses for good (too large, not allowed) holds its bucket until that is mended.</remarks>
internal sealed partial class KafkaRelay(NpgsqlDataSource database, KafkaClients clients, KafkaTopics topics, EventReaders readers, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<KafkaRelay> log)
    : Loop(gate, log)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_say = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly Signal _written = new();
    private Task _listening = Task.CompletedTask;
    private bool _stuck;

    public override void Dispose()
    {
        _written.Dispose();
        base.Dispose();
    }

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _listening = ListenAsync(cancel);
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>One connection to each side, for as long as both hold.</summary>
    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        // Said before the broker is there: from now on events are kept for it.
        await readers.SeenAsync(RelayBuckets.Reader, EventReaders.Outbox, Topics.All, cancel);
        if (!await ReachAsync(cancel))
        {
            await _listening.WaitAsync(s_patience, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var buckets = new RelayBuckets(connection);
        using var producer = clients.Producer();
        try
        {
            var (looked, said) = (clock.GetTimestamp(), clock.GetTimestamp());
            await buckets.TakeAsync(cancel);
            while (true)
            {
                if (clock.GetElapsedTime(looked) >= s_look)
                {
                    looked = clock.GetTimestamp();
                    await buckets.TakeAsync(cancel);
                }

                if (clock.GetElapsedTime(said) >= s_say)
                {
                    said = clock.GetTimestamp();
                    await readers.SeenAsync(RelayBuckets.Reader, EventReaders.Outbox, Topics.All, cancel);
                }

                var events = buckets.Count == 0 ? [] : await buckets.ReadAsync(cancel);
                await (events.Count == 0 ? _written.WaitAsync(s_look, cancel) : PublishAsync(producer, buckets, events, cancel));
            }
        }
        finally
        {
            // A pooled connection would keep the locks: it is closed for good.
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private async Task PublishAsync(IProducer<string, byte[]> producer, RelayBuckets buckets, IReadOnlyList<RelayEvent> events, CancellationToken cancel)
    {
        var delivery = new KafkaDelivery();
        delivery.Send(producer, events);
        while (!delivery.Answered.IsCompleted)
        {
            // On a stop, what is under way has until then to be answered for: otherwise the next relay sends it again.
            var stopping = cancel.IsCancellationRequested;
            await delivery.Answered.WaitAsync(s_patience, clock, stopping ? CancellationToken.None : cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping)
            {
                break;
            }

            if (!delivery.Answered.IsCompleted && !cancel.IsCancellationRequested)
            {
                Stuck(events.Count);
                await buckets.StillHeldAsync(cancel);
            }
        }

        cancel = delivery.Answered.IsCompleted ? CancellationToken.None : cancel;
        cancel.ThrowIfCancellationRequested();
        var published = delivery.Published(events);
        if (published.Count > 0)
        {
            await buckets.MoveAsync(published, clock.GetUtcNow(), cancel);
        }

        Flowing();
        RefresherTelemetry.EventsPublished.Add(events.Count);
        if (delivery.Refusal is { } refusal)
        {
            throw new InvalidOperationException("Kafka refuses " + refusal);
        }
    }

    private async Task<bool> ReachAsync(CancellationToken cancel)
    {
        try
        {
            await topics.EnsureAsync(cancel);
            return true;
        }
        catch (KafkaException e)
        {
            if (!_stuck)
            {
                _stuck = true;
                LogAway(e.Error.Reason);
            }

            return false;
        }
    }

    private void Stuck(int events)
    {
        if (!_stuck)
        {
            _stuck = true;
            LogStuck(events);
        }
    }

    private void Flowing()
    {
        if (_stuck)
        {
            _stuck = false;
            LogFlowing();
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await foreach (var _ in signals.SubscribeAsync([LiveSignal.Outbox], cancel))
        {
            _written.Set();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka cannot be reached: {Reason}. Events wait in the outbox.")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka has not answered for {Events} events in five seconds. They and all that follow wait in the outbox.")]
    private partial void LogStuck(int events);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kafka takes events again.")]
    private partial void LogFlowing();
}
