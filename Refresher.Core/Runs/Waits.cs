using Refresher.Core.Limits;

namespace Refresher.Core.Runs;

/// <summary>What a queued run may wait for before Redis hears of it: the column <c>waiting_for</c>.</summary>
public static class Waits
{
    /// <summary>The end of the run before it.</summary>
    internal const string Overlap = "overlap";

    /// <summary>The limit that a run waits for; null when it waits for the run before it.</summary>
    public static (LimitScope Scope, string Name)? LimitOf(string waitingFor)
    {
        if (waitingFor == Overlap)
        {
            return null;
        }

        var key = LimitRule.KeyIn(waitingFor);
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return (Words<LimitScope>.Parse(key[..colon]), key[(colon + 1)..]);
    }

    /// <summary>In words: "the run before it to end", "a slot of queue mail", "the rate of kind speed-test".</summary>
    public static string InWords(string waitingFor)
    {
        if (LimitOf(waitingFor) is not var (scope, name))
        {
            return "the run before it to end";
        }

        return $"{(LimitRule.IsRate(waitingFor) ? "the rate" : "a slot")} of {Words<LimitScope>.Of(scope)} {name}";
    }
}
