using Confluent.Kafka;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Some events on their way to the broker: handed over in order, waited for together.</summary>
internal sealed class KafkaDelivery
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<short, long> _refused = [];
    private int _open = 1;

    /// <summary>Done when the broker has answered for each. While it is down that is not.</summary>
    public Task Answered => _done.Task;

    /// <summary>Why the broker refused one for good; null when it took all.</summary>
    public string? Refusal { get; private set; }

    public void Send(IProducer<string, byte[]> producer, IReadOnlyList<RelayEvent> events)
    {
        foreach (var one in events)
        {
            if (_refused.ContainsKey(one.Bucket))
            {
                continue;
            }

            Interlocked.Increment(ref _open);
            try
            {
                var message = new Message<string, byte[]> { Key = one.Event.Key, Value = KafkaEnvelope.Write(one.Event) };
                producer.Produce(one.Event.Topic, message, report => Answer(one, report.Error));
            }
            catch (ProduceException<string, byte[]> e)
            {
                // Refused before it was sent, because of its size: what follows it in its bucket has to wait.
                Answer(one, e.Error);
            }
        }

        Close();
    }

    /// <summary>How far each bucket is published without a gap, once all have been answered for. A bucket whose first event was refused is not named.</summary>
    public IReadOnlyDictionary<short, long> Published(IReadOnlyList<RelayEvent> events)
    {
        lock (_lock)
        {
            return events
                .Where(one => !_refused.TryGetValue(one.Bucket, out var from) || one.Position < from)
                .GroupBy(one => one.Bucket)
                .ToDictionary(bucket => bucket.Key, bucket => bucket.Max(one => one.Position));
        }
    }

    private void Answer(RelayEvent one, Error error)
    {
        if (error.IsError)
        {
            lock (_lock)
            {
                _refused[one.Bucket] = Math.Min(one.Position, _refused.GetValueOrDefault(one.Bucket, long.MaxValue));
                Refusal ??= $"event {one.Event.Id} ({one.Event.Type}, {one.Event.Payload.Length} bytes) to {one.Event.Topic}: {error.Reason}";
            }
        }

        Close();
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _done.TrySetResult();
        }
    }
}
