using Refresher.Core.Limits;

namespace Refresher.Core.Runs;

/// <summary>What a queued run may wait for before Redis hears of it: the column <c>waiting_for</c>.</summary>
public static class Waits
{
    /// <summary>The end of the run before it.</summary>
    internal const string Overlap = "overlap";

    /// <summary>In words: "the run before it to end", "a slot of queue mail", "the rate of kind speed-test".</summary>
    public static string InWords(string waitingFor)
    {
        if (waitingFor == Overlap)
        {
            return "the run before it to end";
        }

        var key = LimitRule.KeyIn(waitingFor).Replace(":", " ", StringComparison.Ordinal);
        return LimitRule.IsRate(waitingFor) ? $"the rate of {key}" : $"a slot of {key}";
    }
}
