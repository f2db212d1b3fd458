namespace Refresher.Core.Alerts.Deliveries;

/// <summary>When a delivery that did not go through is tried again: soon at first, for a day in all.</summary>
internal static class RetryPlan
{
    public const int MostAttempts = 10;

    /// <summary>After this it is given up, whatever the number of attempts: what was wrong yesterday is no alarm any more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
    ];

    /// <param name="attempts">Made so far.</param>
    /// <param name="asked">What the provider asks for: never earlier than that.</param>
    /// <param name="spread">0 to 1, chance: the wait is spread by a fifth to both sides, so that many that failed together do not come back together.</param>
    /// <returns>Null: it is given up.</returns>
    public static DateTimeOffset? Next(int attempts, TimeSpan? asked, DateTimeOffset now, DateTimeOffset giveUpAt, double spread)
    {
        if (attempts >= MostAttempts)
        {
            return null;
        }

        var wait = Waits[Math.Clamp(attempts - 1, 0, Waits.Length - 1)] * (0.8 + (0.4 * spread));
        var next = now + (asked > wait ? asked.Value : wait);
        return next < giveUpAt ? next : null;
    }
}
