using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Has the consumers of this process read Kafka, each as a member of its own group on a thread of its own; one that fails is made anew.</summary>
internal sealed partial class KafkaConsumers(
    IEnumerable<IEventConsumer> consumers, KafkaClients clients, KafkaTopics topics, KafkaGroups groups, KafkaEffects effects, EventReaders readers, TimeProvider clock, SchemaGate gate, ILogger<KafkaConsumers> log)
    : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_say = TimeSpan.FromSeconds(5);
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.WaitAsync(stoppingToken);
        await Task.WhenAll(consumers.Select(consumer => ConsumeAsync(consumer, stoppingToken)));
    }

    private async Task ConsumeAsync(IEventConsumer consumer, CancellationToken stop)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await readers.SeenAsync(consumer.Name, EventReaders.Broker, consumer.Topics, stop);
                await topics.EnsureAsync(stop);
                await JoinAsync(consumer, await groups.OfAsync(consumer.Name, stop), stop);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error, consumer.Name);
                RefresherTelemetry.LoopErrors.Add(1, new KeyValuePair<string, object?>("loop", nameof(KafkaConsumers)));
                await backoff.DelayAsync(stop);
            }
        }
    }

    /// <summary>Stays until told to stop or until the consumer has another group.</summary>
    private async Task JoinAsync(IEventConsumer consumer, KafkaGroup group, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        KafkaMember? self = null;
        using var member = self = new KafkaMember(
            consumer, group, clients, (events, cancel) => effects.ActAsync(consumer, events, reason => self!.Failing = reason, cancel), log, over.Token);
        var running = Task.Factory.StartNew(member.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await StayAsync(consumer, group, member, running, stop);
        }
        finally
        {
            // Whatever ended it, the thread has left the group before the member is let go.
            await over.CancelAsync();
            await running;
        }
    }

    private async Task StayAsync(IEventConsumer consumer, KafkaGroup group, KafkaMember member, Task running, CancellationToken stop)
    {
        var said = clock.GetTimestamp();
        while (!running.IsCompleted && !stop.IsCancellationRequested && !await groups.HasMovedAsync(consumer.Name, group, stop))
        {
            if (clock.GetElapsedTime(said) > s_say)
            {
                said = clock.GetTimestamp();
                await SayAsync(consumer, member, stop);
            }

            await Task.WhenAny(running, Task.Delay(s_look, stop));
        }
    }

    /// <summary>For people to see; what cannot be said now is said the next time.</summary>
    private async Task SayAsync(IEventConsumer consumer, KafkaMember member, CancellationToken cancel)
    {
        try
        {
            await readers.SeenAsync(consumer.Name, EventReaders.Broker, consumer.Topics, cancel);
            if (await Task.Run(() => member.GroupLag(topics.All), cancel) is { } lag)
            {
                await readers.ReportAsync(consumer.Name, lag, lag > 0 ? member.LastAt : null, member.Failing, cancel);
            }
        }
        catch (NpgsqlException error)
        {
            LogNotSaid(consumer.Name, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Consumer} could not say how it goes: {Reason}")]
    private partial void LogNotSaid(string consumer, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Consumer} stopped reading Kafka; it goes on after a pause.")]
    private partial void LogFailed(Exception error, string consumer);
}
