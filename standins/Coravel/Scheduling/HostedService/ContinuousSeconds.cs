// Stand-in for Coravel
namespace Coravel.Scheduling.HostedService;

/// <summary>Sees to it that no second of the clock goes by without a tick, however late a timer is.</summary>
internal sealed class ContinuousSeconds(DateTimeOffset first)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _previous = first;

    /// <summary>The full seconds between the last call and this one, both left out; none when the clock was set back.</summary>
    public IReadOnlyList<DateTimeOffset> MissedUntil(DateTimeOffset now)
    {
        lock (_gate)
        {
            var missed = new List<DateTimeOffset>();
            for (var second = Floor(_previous).AddSeconds(1); second < Floor(now); second = second.AddSeconds(1))
            {
                missed.Add(second);
            }

            _previous = now;
            return missed;
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset instant) => new(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
