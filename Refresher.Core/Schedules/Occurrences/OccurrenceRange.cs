namespace Refresher.Core.Schedules.Occurrences;

/// <summary>In which order occurrences are told.</summary>
public enum OccurrenceOrder
{
    LatestFirst,
    EarliestFirst,
}

/// <summary>Which due times to tell of: at or after <paramref name="From"/>, before <paramref name="To"/>.</summary>
/// <param name="Limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
public sealed record OccurrenceRange(DateTimeOffset From, DateTimeOffset To, OccurrenceOrder Order, int Limit)
{
    /// <summary>From what was asked for; what was left out is the past, the latest first, or what is to come, the earliest first.</summary>
    /// <param name="after">The last due time of the page before.</param>
    public static OccurrenceRange Of(DateTimeOffset? from, DateTimeOffset? to, OccurrenceOrder order, DateTimeOffset? after, int limit, DateTimeOffset now)
    {
        var isLatestFirst = order == OccurrenceOrder.LatestFirst;
        var (first, last) = (from ?? (isLatestFirst ? DateTimeOffset.UnixEpoch : now), to ?? (isLatestFirst ? now : DateTimeOffset.MaxValue.AddYears(-3)));
        return isLatestFirst
            ? new(first, after < last ? after.Value : last, order, limit)
            : new(after >= first ? after.Value.AddMilliseconds(1) : first, last, order, limit);
    }
}
