// Stand-in for Coravel
using Coravel.Invocable;

namespace Coravel.Scheduling.Schedule.Interfaces;

/// <summary>What runs.</summary>
public interface IScheduler
{
    IScheduleInterval Schedule(Action actionToSchedule);

    IScheduleInterval ScheduleAsync(Func<Task> asyncTaskToSchedule);

    IScheduleInterval Schedule<T>()
        where T : IInvocable;
}
