namespace Refresher.Core.Contract;

/// <summary>What becomes of a run whose worker was lost.</summary>
public enum OnLost
{
    /// <summary>Another worker runs it again, at most three times.</summary>
    Rerun,

    /// <summary>The run fails: repeating its effect would be worse than not having it.</summary>
    Fail,
}

/// <summary>Policies that a kind brings along; null means the platform's default (see <c>EffectivePolicies</c>).</summary>
public sealed record KindDefaults
{
    public static KindDefaults None { get; } = new();

    /// <summary>How failed attempts are repeated; null: not at all.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Time limit of one attempt, more than zero.</summary>
    public TimeSpan? Timeout { get; init; }

    public OnLost? OnLost { get; init; }
}

/// <summary>
/// Exponential back-off with jitter: the wait before attempt n+1 is <c>min(MaxDelay, Delay × Factor^(n−1))</c>,
/// spread evenly by ±<see cref="Jitter"/>. A fixed list of waits takes its place where <see cref="Delays"/> is given.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>Attempts in all, the first included: 1 (no retry) to 100.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Wait before the second attempt.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Growth of the wait per attempt, 1 to 10.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>The longest wait.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the wait by which it is spread, 0 to 1.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Waits in order; the last one repeats. Null: exponential.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>
    /// Only what failed for one of these causes is repeated; null: whatever the cause. A cause is the name of an exception's type or of a base
    /// of it, with or without its namespace, <c>timeLimit</c> for an attempt that took too long, or <c>retry</c> for a task's own wish.
    /// </summary>
    public IReadOnlyList<string>? OnlyOn { get; init; }

    /// <summary>What failed for one of these causes is not repeated; null: none.</summary>
    public IReadOnlyList<string>? ExceptOn { get; init; }
}
