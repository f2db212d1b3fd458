using Confluent.Kafka;

namespace Refresher.Core.Outbox.Kafka;

internal sealed partial class KafkaMember
{
    /// <summary>
    /// How many events the whole group has before it; null when the broker does not say, or another member is the one to ask: the one that has the first partition.
    /// It asks the broker about each partition, and may be called from any thread.
    /// </summary>
    /// <param name="all">Every partition of every topic.</param>
    public long? GroupLag(IReadOnlyList<TopicPartition> all)
    {
        // The client must not be closed meanwhile: what it is made of would be freed under the question.
        lock (_open)
        {
            return _left ? null : AskLag(all.Where(partition => _consumer.Topics.Contains(partition.Topic)));
        }
    }

    private long? AskLag(IEnumerable<TopicPartition> partitions)
    {
        try
        {
            if (!_client.Assignment.Contains(new(_consumer.Topics[0], 0)))
            {
                return null;
            }

            return _client.Committed(partitions, s_quick).Sum(place =>
            {
                var known = _client.QueryWatermarkOffsets(place.TopicPartition, s_quick);
                return known.High.Value - (place.Offset.IsSpecial ? known.Low.Value : Math.Max(place.Offset.Value, known.Low.Value));
            });
        }
        catch (KafkaException)
        {
            return null;
        }
    }
}
