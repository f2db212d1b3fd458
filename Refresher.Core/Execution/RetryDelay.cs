using Refresher.Core.Contract;

namespace Refresher.Core.Execution;

/// <summary>How long a failed attempt waits before the next one.</summary>
public static class RetryDelay
{
    /// <summary>The wait after attempt <paramref name="failures"/>; null when the policy allows no further attempt.</summary>
    /// <param name="failures">Attempts that have failed, at least 1.</param>
    /// <param name="spread">A number from 0 to 1 that spreads the waits of many runs: a random one, except in tests.</param>
    public static TimeSpan? After(int failures, RetryPolicy policy, double spread)
    {
        if (failures >= policy.MaxAttempts)
        {
            return null;
        }

        var wait = policy.Delays is { Count: > 0 } fixedWaits
            ? fixedWaits[Math.Min(failures, fixedWaits.Count) - 1].TotalSeconds
            : policy.Delay.TotalSeconds * Math.Pow(policy.Factor, failures - 1);
        wait = policy.Delays is { Count: > 0 } ? wait : Math.Min(wait, policy.MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Max(0, wait * (1 + (policy.Jitter * ((2 * spread) - 1)))));
    }
}
