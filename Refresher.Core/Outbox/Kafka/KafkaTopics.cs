using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Sees to it that the topics are there. Where we may not make them, the operator does.</summary>
internal sealed partial class KafkaTopics(KafkaClients clients, ILogger<KafkaTopics> log) : IDisposable
{
    /// <summary>Partitions of a topic that we make: as many processes can share a consumer's work.</summary>
    public const int Partitions = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _once = new(1);
    private bool _done;

    /// <summary>Every partition of every topic; empty before <see cref="EnsureAsync"/>.</summary>
    public IReadOnlyList<TopicPartition> All { get; private set; } = [];

    /// <summary>Makes what is missing, with <see cref="Partitions"/> partitions and the broker's own replication. Once it has, it does nothing.</summary>
    /// <exception cref="KafkaException">The broker does not answer, or will not: try again.</exception>
    public async Task EnsureAsync(CancellationToken cancel)
    {
        await _once.WaitAsync(cancel);
        try
        {
            if (!_done)
            {
                await Task.Run(() => MakeMissingAsync(cancel), cancel);
                _done = true;
            }
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task MakeMissingAsync(CancellationToken cancel)
    {
        using var admin = clients.Admin();
        if (!clients.IsOldBroker)
        {
            await CreateAsync(admin, cancel);
        }

        // An old broker makes a topic when it is asked about it, with as many partitions as it was told.
        All = [.. Topics.All.SelectMany(topic => admin.GetMetadata(topic, s_patience).Topics).SelectMany(topic => topic.Partitions.Select(one => new TopicPartition(topic.Topic, one.PartitionId)))];
    }

    private async Task CreateAsync(IAdminClient admin, CancellationToken cancel)
    {
        var there = admin.GetMetadata(s_patience).Topics.Where(topic => topic.Partitions.Count > 0).Select(topic => topic.Topic).ToHashSet();
        var missing = Topics.All.Where(topic => !there.Contains(topic)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        try
        {
            await admin.CreateTopicsAsync(
                missing.Select(topic => new TopicSpecification { Name = topic, NumPartitions = Partitions, ReplicationFactor = -1 }),
                new CreateTopicsOptions { RequestTimeout = s_patience, OperationTimeout = s_patience }).WaitAsync(cancel);
            missing.ForEach(LogMade);
        }
        catch (CreateTopicsException e)
        {
            foreach (var result in e.Results.Where(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists))
            {
                // Not ours to insist: the broker may make it when the first event comes, or the operator has to.
                var (topic, reason) = (result.Topic, result.Error.Reason);
                LogRefused(topic, reason);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the topic {Topic}.")]
    private partial void LogMade(string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The topic {Topic} is not there and could not be made: {Reason}. Have it made with 16 partitions.")]
    private partial void LogRefused(string topic, string reason);
}
