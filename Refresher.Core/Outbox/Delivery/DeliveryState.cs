namespace Refresher.Core.Outbox.Delivery;

/// <summary>How it goes with a line of events (a bucket, a partition) and a consumer. Kept by the log: in a row, or in memory.</summary>
/// <param name="Tries">Times in a row that its next events failed.</param>
/// <param name="Alone">So many of its next events are handled one by one, because they failed together too often.</param>
/// <param name="RetryAt">Not to be tried before this; null: at any time.</param>
/// <param name="Failing">Why it failed last, in words.</param>
internal sealed record DeliveryState(int Tries, int Alone, DateTimeOffset? RetryAt, string? Failing, DateTimeOffset? FailingSince)
{
    /// <summary>Failures of a batch after which its events are handled one by one.</summary>
    public const int TriesTogether = 5;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static DeliveryState Clean { get; } = new(0, 0, null, null, null);

    public bool IsClean => this == Clean;

    /// <summary>The next <paramref name="count"/> events failed together.</summary>
    public DeliveryState Failed(string reason, int count, DateTimeOffset now)
    {
        var tries = Tries + 1;
        return new(tries, tries >= TriesTogether ? Math.Max(Alone, count) : Alone, now + After(tries), reason, FailingSince ?? now);
    }

    /// <summary>One of those that are handled alone came through.</summary>
    public DeliveryState PassedAlone() => Alone <= 1 ? Clean : this with { Alone = Alone - 1, Tries = TriesTogether, RetryAt = null };

    /// <summary>
    /// One of those that are handled alone was set aside. Where one after the other has to be, rather the consumer is at fault:
    /// it waits longer each time, so that it makes few dead letters.
    /// </summary>
    public DeliveryState SetAside(string reason, DateTimeOffset now) => Alone <= 1 && Tries == TriesTogether
        ? Clean
        : new(Tries + 1, Math.Max(1, Alone - 1), Tries == TriesTogether ? null : now + After(Tries), reason, FailingSince ?? now);

    private static TimeSpan After(int tries) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(tries - 1, 20)));
}
