// Stand-in for Coravel
namespace Coravel.Scheduling.Schedule.Interfaces;

/// <summary>What holds for everything that is scheduled.</summary>
public interface ISchedulerConfiguration
{
    /// <summary>Gets what an invocation threw; without it nobody hears of it.</summary>
    ISchedulerConfiguration OnError(Action<Exception> onError);
}
