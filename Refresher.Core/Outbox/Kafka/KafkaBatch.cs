using System.Text.Json;
using Confluent.Kafka;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Messages taken from the broker and not acted on yet; only the thread that consumes touches it.</summary>
internal sealed class KafkaBatch
{
    private readonly List<(TopicPartitionOffset Place, Event? Event)> _messages = [];

    public int Count => _messages.Count;

    /// <summary>What can be acted on, in order within each partition.</summary>
    public IReadOnlyList<Event> Events => [.. _messages.Select(message => message.Event).OfType<Event>()];

    /// <summary>Takes a message in. What is no event of ours is passed over with the others.</summary>
    /// <returns>Why it is none; null when it is one.</returns>
    public string? Add(ConsumeResult<string, byte[]> message)
    {
        Event? one = null;
        string? reason = null;
        try
        {
            one = KafkaEnvelope.Read(message.Topic, message.Message.Value ?? []);
        }
        catch (JsonException e)
        {
            reason = e.Message;
        }

        _messages.Add((message.TopicPartitionOffset, one));
        return reason;
    }

    /// <summary>Whether it has something of these partitions.</summary>
    public bool Touches(HashSet<TopicPartition> partitions) => _messages.Any(message => partitions.Contains(message.Place.TopicPartition));

    /// <summary>Forgets what came from partitions that are somebody else's now: the next owner reads it again.</summary>
    public void Forget(Func<TopicPartition, bool> gone) => _messages.RemoveAll(message => gone(message.Place.TopicPartition));

    /// <summary>Where each partition goes on once this is done.</summary>
    public IReadOnlyList<TopicPartitionOffset> Ends() => Places(places => places.Max() + 1);

    /// <summary>Where each partition goes back to when this is not done.</summary>
    public IReadOnlyList<TopicPartitionOffset> Starts() => Places(places => places.Min());

    private List<TopicPartitionOffset> Places(Func<IEnumerable<long>, long> choose) =>
    [
        .. _messages.GroupBy(message => message.Place.TopicPartition, message => message.Place.Offset.Value)
            .Select(partition => new TopicPartitionOffset(partition.Key, choose(partition))),
    ];
}
