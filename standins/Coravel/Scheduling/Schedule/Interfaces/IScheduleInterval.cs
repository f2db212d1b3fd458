// Stand-in for Coravel
namespace Coravel.Scheduling.Schedule.Interfaces;

/// <summary>How often it runs.</summary>
public interface IScheduleInterval
{
    IScheduledEventConfiguration EverySecond();

    /// <summary>On the seconds of the clock that <paramref name="seconds"/> divides.</summary>
    /// <param name="seconds">1 to 59.</param>
    IScheduledEventConfiguration EverySeconds(int seconds);
}
