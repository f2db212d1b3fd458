// Stand-in for Coravel
using Coravel.Scheduling.Schedule.Interfaces;

namespace Coravel.Scheduling.Schedule;

/// <summary>One thing that is scheduled, and its rules.</summary>
internal sealed class ScheduledEvent(Func<CancellationToken, Task> invocation) : IScheduleInterval, IScheduledEventConfiguration
{
    private int _seconds;
    private Func<Task<bool>>? _when;

    /// <summary>What must not overlap with itself; null where it may.</summary>
    public string? Identifier { get; private set; }

    public bool RunsAtStart { get; private set; }

    public IScheduledEventConfiguration EverySecond() => EverySeconds(1);

    public IScheduledEventConfiguration EverySeconds(int seconds)
    {
        if (seconds is < 1 or > 59)
        {
            throw new ArgumentException("The seconds must be between 0 and 60.", nameof(seconds));
        }

        _seconds = seconds;
        return this;
    }

    public IScheduledEventConfiguration PreventOverlapping(string uniqueIdentifier)
    {
        Identifier = uniqueIdentifier;
        return this;
    }

    public IScheduledEventConfiguration RunOnceAtStart()
    {
        RunsAtStart = true;
        return this;
    }

    public IScheduledEventConfiguration When(Func<Task<bool>> predicate)
    {
        _when = predicate;
        return this;
    }

    /// <summary>Counted within the minute: every 7 seconds is at 7, 14, … 56, and not at the full minute, which 7 does not divide.</summary>
    public bool IsDue(DateTimeOffset tick) => _seconds > 0 && (tick.Second == 0 ? 60 : tick.Second) % _seconds == 0;

    public async Task Invoke(CancellationToken stopping)
    {
        if (_when is null || await _when().ConfigureAwait(false))
        {
            await invocation(stopping).ConfigureAwait(false);
        }
    }
}
