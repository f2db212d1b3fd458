using Refresher.Core.Contract;
using Refresher.Core.Runs;

namespace Refresher.Core.Schedules;

/// <summary>What holds for a schedule in the end: its own policies, else its kind's, else the platform's.</summary>
/// <param name="ExpireAfter">Null: a queued run expires at the next occurrence.</param>
public sealed record EffectiveSchedule(
    Misfire Misfire, TimeSpan MisfireWindow, Overlap Overlap, OnLost OnLost, TimeSpan? ExpireAfter, TimeSpan Timeout, TimeSpan Grace, RetryPolicy Retry,
    TimeSpan Retention, TimeSpan FailureRetention)
{
    /// <param name="kind">Null when the program no longer has it.</param>
    public static EffectiveSchedule Of(Schedule schedule, KindDescriptor? kind)
    {
        var run = EffectivePolicies.Of(new RunPolicies { Retry = schedule.Retry, Timeout = schedule.Timeout, OnLost = schedule.OnLost }, kind?.Defaults);
        return new EffectiveSchedule(
            schedule.Misfire ?? PlatformDefaults.Misfire,
            schedule.MisfireWindow ?? PlatformDefaults.MisfireWindow,
            schedule.Overlap ?? PlatformDefaults.Overlap,
            run.OnLost,
            schedule.ExpireAfter,
            run.Timeout,
            PlatformDefaults.Grace,
            run.Retry,
            schedule.KeepSucceeded ?? PlatformDefaults.Retention,
            schedule.KeepOthers ?? PlatformDefaults.FailureRetention);
    }
}
