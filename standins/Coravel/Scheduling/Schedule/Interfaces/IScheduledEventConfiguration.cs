// Stand-in for Coravel
namespace Coravel.Scheduling.Schedule.Interfaces;

/// <summary>What else is to be kept in mind.</summary>
public interface IScheduledEventConfiguration
{
    /// <summary>A tick that comes while an earlier one still runs is dropped.</summary>
    IScheduledEventConfiguration PreventOverlapping(string uniqueIdentifier);

    /// <summary>Runs on the first tick too, whether it is due or not.</summary>
    IScheduledEventConfiguration RunOnceAtStart();

    /// <summary>Runs only when the answer is yes.</summary>
    IScheduledEventConfiguration When(Func<Task<bool>> predicate);
}
