using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Outbox.Kafka;

internal sealed partial class KafkaMember
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Consumer} was given {Count} partitions.")]
    private partial void LogAssigned(string consumer, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Consumer} gives {Count} partitions away.")]
    private partial void LogRevoked(string consumer, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} did not end its effect of {Count} messages; they are read again.")]
    private partial void LogDropped(Exception? error, string consumer, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} passes over the message at {Place}: {Reason}")]
    private partial void LogForeign(string consumer, TopicPartitionOffset place, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} gets nothing from Kafka: {Reason}")]
    private partial void LogNothing(string consumer, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Reason}: {Consumer} at {Place}")]
    private partial void LogPlace(string reason, string consumer, TopicPartitionOffset place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} could not commit its places in {Count} partitions it gives away, so that some of their events are handled again: {Reason}")]
    private partial void LogCommit(string consumer, int count, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Consumer} could not tell Kafka that it leaves.")]
    private partial void LogNoLeave(string consumer);
}
