using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Core;

/// <summary>Every default of the platform, in one place; <c>GET /schedules/{id}</c> shows them as effective.</summary>
public static class PlatformDefaults
{
    public const string Queue = "default";

    public const short Priority = 2;

    public const Misfire Misfire = Schedules.Misfire.RunOnce;

    public const Overlap Overlap = Schedules.Overlap.Skip;

    public const OnLost OnLost = Contract.OnLost.Rerun;

    /// <summary>A run that loses more workers than this fails.</summary>
    public const int LostLimit = 3;

    /// <summary>Runs that share a concurrency key and go on at once, where the key has no limit of its own.</summary>
    public const int KeyConcurrency = 1;

    /// <summary>Runs that may follow one another by continuing; what would come after is not made.</summary>
    public const int ChainLimit = 20;

    /// <summary>Bytes of UTF-8 a run's log may have.</summary>
    public const int LogLimit = 1024 * 1024;

    /// <summary>Bytes of UTF-8 a run's output may have.</summary>
    public const int OutputLimit = 256 * 1024;

    /// <summary>Characters a reason may have.</summary>
    public const int ReasonLimit = 2000;

    /// <summary>How long after its time an occurrence is still simply late; older ones are misfires.</summary>
    public static TimeSpan MisfireThreshold { get; } = TimeSpan.FromSeconds(5);

    public static TimeSpan MisfireWindow { get; } = TimeSpan.FromHours(1);

    /// <summary>Time limit of an attempt.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromMinutes(30);

    /// <summary>What an attempt gets to end by itself after its time limit, before its slot is taken away.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long runs are kept.</summary>
    public static TimeSpan Retention { get; } = TimeSpan.FromDays(30);

    /// <summary>How long runs are kept that did not succeed.</summary>
    public static TimeSpan FailureRetention { get; } = TimeSpan.FromDays(90);

    /// <summary>How long it is kept who did what.</summary>
    public static TimeSpan AuditRetention { get; } = TimeSpan.FromDays(365);

    /// <summary>How long it is kept who was told of what; changes from before are not told any more.</summary>
    public static TimeSpan DeliveryRetention { get; } = TimeSpan.FromDays(90);

    /// <summary>No retry unless the task or the schedule says so.</summary>
    public static RetryPolicy Retry { get; } = new() { MaxAttempts = 1 };
}
