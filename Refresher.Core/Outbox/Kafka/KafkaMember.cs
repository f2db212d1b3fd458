using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>
/// This process's part in a consumer's group, on a thread of its own: takes batches, has their effect done, and only then stores how far it is, which the
/// client commits. While an effect takes long or fails, its partitions are paused and the member goes on speaking with the broker, so that it stays in the group.
/// </summary>
/// <remarks>When partitions are taken away during an effect, it may end within a grace; otherwise it is cancelled, nothing is stored, and whoever has them next does it again.</remarks>
internal sealed partial class KafkaMember : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private readonly IEventConsumer _consumer;
    private readonly Func<IReadOnlyList<Event>, CancellationToken, Task> _effect;
    private readonly KafkaGroup _group;
    private readonly IConsumer<string, byte[]> _client;
    private readonly bool _canSeekByTime;
    private readonly ILogger _log;
    private readonly CancellationToken _stop;
    private readonly Dictionary<TopicPartition, Offset> _done = [];
    private readonly Lock _open = new();
    private bool _left;
    private KafkaBatch _taken = new();
    private KafkaBatch _acting = new();
    private Task _act = Task.CompletedTask;
    private CancellationTokenSource _actCancel = new();

    /// <param name="effect">Acts on events, tries again what fails and sets aside what never succeeds; ends only when that is done or cancelled.</param>
    public KafkaMember(
        IEventConsumer consumer, KafkaGroup group, KafkaClients clients, Func<IReadOnlyList<Event>, CancellationToken, Task> effect, ILogger log, CancellationToken stop)
    {
        (_consumer, _group, _effect, _log, _stop, _canSeekByTime) = (consumer, group, effect, log, stop, !clients.IsOldBroker);
        _client = clients.Consumer(group.Id, builder => builder
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, places) => { Revoked(places); })
            .SetPartitionsLostHandler((_, places) => { Lost(places); }));
    }

    /// <summary>Why its effect fails, in words; null while it does not. Whoever does the effect says it.</summary>
    public string? Failing { get; set; }

    /// <summary>When the last event that was acted on had been written; null before the first.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Consumes until told to stop, then ends what it acts on and leaves the group.</summary>
    /// <exception cref="KafkaException">The client has failed for good: another is to be made.</exception>
    public void Run()
    {
        try
        {
            _client.Subscribe(_consumer.Topics);
            while (!_stop.IsCancellationRequested)
            {
                var wait = s_poll;
                while (_taken.Count < _consumer.BatchSize && Take(wait))
                {
                    wait = TimeSpan.Zero;
                }

                if (_taken.Count > 0)
                {
                    Act();
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    private bool Take(TimeSpan wait)
    {
        try
        {
            if (_client.Consume(wait) is not { Message: not null } message)
            {
                return false;
            }

            if (_taken.Add(message) is { } reason)
            {
                LogForeign(_consumer.Name, message.TopicPartitionOffset, reason);
            }

            return true;
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            LogNothing(_consumer.Name, e.Error.Reason);
            return false;
        }
    }

    private void Act()
    {
        (_acting, _taken) = (_taken, new());
        using var cancel = _actCancel = new();
        using var stopping = _stop.Register(() => cancel.CancelAfter(s_grace));
        var (events, token) = (_acting.Events, cancel.Token);
        _act = events.Count == 0 ? Task.CompletedTask : Task.Run(() => _effect(events, token), CancellationToken.None);
        if (!Ended(s_quick))
        {
            // Paused, to consume is no more than a sign of life, and how we hear that partitions come and go.
            while (!_act.IsCompleted)
            {
                _client.Pause(_client.Assignment);
                Take(s_poll);
            }

            _client.Resume(_client.Assignment);
        }

        Settle([]);
    }

    private bool Ended(TimeSpan patience) => ((IAsyncResult)_act).AsyncWaitHandle.WaitOne(patience);

    /// <summary>Stores where the partitions go on when the effect is done; else goes back in those that stay ours.</summary>
    private void Settle(HashSet<TopicPartition> gone)
    {
        if (_acting.Count == 0)
        {
            return;
        }

        if (_act.IsCompletedSuccessfully)
        {
            LastAt = _acting.Events is [.., var last] ? last.At : LastAt;
            Each(_acting.Ends(), Store);
        }
        else
        {
            LogDropped(_act.Exception?.GetBaseException(), _consumer.Name, _acting.Count);

            // What was taken since lies behind it and is read again with it.
            var starts = _acting.Starts().Where(start => !gone.Contains(start.TopicPartition)).ToList();
            _taken.Forget(partition => starts.Any(start => start.TopicPartition == partition));
            Each(starts, _client.Seek);
        }

        _acting = new();
    }

    private IEnumerable<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        LogAssigned(_consumer.Name, partitions.Count);
        var committed = _group.Since is null ? [] : _client.Committed(partitions, s_grace);
        var fresh = committed.Where(place => place.Offset == Offset.Unset).Select(place => place.TopicPartition).ToHashSet();
        var starts = fresh.Count > 0 && _canSeekByTime && _group.Since > DateTimeOffset.UnixEpoch
            ? _client.OffsetsForTimes(fresh.Select(partition => new TopicPartitionTimestamp(partition, new Timestamp(_group.Since!.Value))), s_grace).ToDictionary(place => place.TopicPartition, place => place.Offset)
            : [];
        return partitions.Select(partition => new TopicPartitionOffset(
            partition, fresh.Contains(partition) ? starts.GetValueOrDefault(partition, Offset.Beginning) : Offset.Unset));
    }

    /// <summary>The broker has taken us for dead: the partitions are somebody else's already, and our places count for nothing.</summary>
    private void Lost(List<TopicPartitionOffset> places)
    {
        places.ForEach(place => _done.Remove(place.TopicPartition));
        Revoked(places);
    }

    private void Revoked(List<TopicPartitionOffset> places)
    {
        var gone = places.Select(place => place.TopicPartition).ToHashSet();
        LogRevoked(_consumer.Name, gone.Count);
        _taken.Forget(gone.Contains);
        if (_acting.Touches(gone))
        {
            if (!Ended(s_grace))
            {
                _actCancel.Cancel();
                Ended(Timeout.InfiniteTimeSpan);
            }

            Settle(gone);
        }

        Commit(gone);
    }

    private void Store(TopicPartitionOffset place)
    {
        _client.StoreOffset(place);
        _done[place.TopicPartition] = place.Offset;
    }

    /// <summary>At once and with an answer: whoever has the partitions next begins where we ended, and does nothing again.</summary>
    private void Commit(HashSet<TopicPartition> gone)
    {
        var places = _done.Where(place => gone.Contains(place.Key)).Select(place => new TopicPartitionOffset(place.Key, place.Value)).ToList();
        places.ForEach(place => _done.Remove(place.TopicPartition));
        try
        {
            if (places.Count > 0)
            {
                _client.Commit(places);
            }
        }
        catch (KafkaException e)
        {
            LogCommit(_consumer.Name, places.Count, e.Error.Reason);
        }
    }

    /// <summary>The client is closed, and with that disposed of, when <see cref="Run"/> ends.</summary>
    public void Dispose() => _actCancel.Dispose();

    /// <summary>A broker that is away cannot be said good-bye to: the session's end does it then.</summary>
    /// <remarks>
    /// Partitions are given away before the client is closed: librdkafka may abort the whole process when it is closed while it still works on them
    /// (https://github.com/confluentinc/librdkafka/issues/4792, open with 2.16).
    /// </remarks>
    private void Leave()
    {
        lock (_open)
        {
            _left = true;
        }

        GiveAway();
        if (!Task.Run(_client.Close).Wait(s_grace))
        {
            LogNoLeave(_consumer.Name);
        }
    }

    private void GiveAway()
    {
        try
        {
            _client.Unsubscribe();
            var began = Stopwatch.GetTimestamp();
            while (_client.Assignment.Count > 0 && Stopwatch.GetElapsedTime(began) < s_grace)
            {
                // What it brings now is dropped with the partition; the call is what hears that they are to go.
                Take(s_poll);
            }
        }
        catch (KafkaException e)
        {
            // A client that failed for good has nothing to give away.
            LogNothing(_consumer.Name, e.Error.Reason);
        }
    }

    private void Each(IEnumerable<TopicPartitionOffset> places, Action<TopicPartitionOffset> act)
    {
        foreach (var place in places)
        {
            try
            {
                act(place);
            }
            catch (KafkaException e)
            {
                // It is not ours any more, or not yet: then it begins where it was committed, and the effect knows what it has done.
                LogPlace(e.Error.Reason, _consumer.Name, place);
            }
        }
    }
}
