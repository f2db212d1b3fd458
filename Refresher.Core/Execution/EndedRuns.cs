using System.Collections.Concurrent;
using Refresher.Core.Queue;

namespace Refresher.Core.Execution;

/// <summary>Counts the runs this worker ended, by queue and second, for an hour.</summary>
internal sealed class EndedRuns(TimeProvider clock)
{
    private const int Seconds = 3600;

    private readonly ConcurrentDictionary<string, Ring> _queues = new(StringComparer.Ordinal);

    private long Second => clock.GetTimestamp() / clock.TimestampFrequency;

    public void Count(string queue) => _queues.GetOrAdd(queue, _ => new Ring()).Count(Second);

    public IReadOnlyDictionary<string, Throughput> Of()
    {
        var now = Second;
        return _queues.ToDictionary(queue => queue.Key, queue => queue.Value.Sum(now), StringComparer.Ordinal);
    }

    /// <summary>A place for each second of the last hour; a place met again after an hour begins anew.</summary>
    private sealed class Ring
    {
        private readonly Lock _lock = new();
        private readonly (long Second, long Count)[] _places = new (long, long)[Seconds];

        public void Count(long second)
        {
            lock (_lock)
            {
                ref var place = ref _places[second % Seconds];
                place = (second, place.Second == second ? place.Count + 1 : 1);
            }
        }

        public Throughput Sum(long now)
        {
            var (minute, hour) = (0L, 0L);
            lock (_lock)
            {
                foreach (var (second, count) in _places)
                {
                    hour += second > now - Seconds ? count : 0;
                    minute += second > now - 60 ? count : 0;
                }
            }

            return new Throughput(minute, hour);
        }
    }
}
