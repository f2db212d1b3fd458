namespace Refresher.Core.Runs;

/// <summary>How long a schedule's runs are kept; null members mean the platform's default.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Less than this would be gone before it is counted for the charts.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromDays(1);

    public static TimeSpan Longest { get; } = TimeSpan.FromDays(400);

    /// <summary>Runs that succeeded; 1 to 400 days after they were due.</summary>
    public TimeSpan? Succeeded { get; init; }

    /// <summary>Runs that failed, expired, were cancelled or skipped; 1 to 400 days after they were due.</summary>
    public TimeSpan? Others { get; init; }

    internal void Check(FieldErrors errors)
    {
        foreach (var (field, kept) in new[] { ("succeeded", Succeeded), ("others", Others) })
        {
            if (kept is { } time && (time < Shortest || time > Longest))
            {
                errors.Add($"retention.{field}", $"{field}: 1.00:00:00 to 400.00:00:00, a day to 400 days.");
            }
        }
    }
}
