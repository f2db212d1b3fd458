using System.Globalization;

namespace Refresher.Ui;

/// <summary>Instants and durations as words for people.</summary>
public static class Instants
{
    /// <summary><c>2026-11-21 01:02:03 UTC</c>.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>3 min ago</c>, <c>in 2 h</c>; whole units, rounded towards now.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var (distance, isPast) = at <= now ? (now - at, true) : (at - now, false);
        if (distance < TimeSpan.FromSeconds(1))
        {
            return "now";
        }

        var words = distance switch
        {
            { TotalSeconds: < 60 } => $"{(int)distance.TotalSeconds} s",
            { TotalMinutes: < 60 } => $"{(int)distance.TotalMinutes} min",
            { TotalHours: < 48 } => $"{(int)distance.TotalHours} h",
            _ => $"{(int)distance.TotalDays} days",
        };
        return isPast ? $"{words} ago" : $"in {words}";
    }

    /// <summary><c>&lt;1 ms</c>, <c>340 ms</c>, <c>12.3 s</c>, <c>2 min 5 s</c>, <c>1 h 3 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Words(TimeSpan duration) => duration switch
    {
        { Ticks: < 0 } => "−" + Words(duration.Negate()),
        { TotalMilliseconds: < 1 } => "<1 ms",
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s"),
        { TotalMinutes: < 60 } => Pair(duration.Minutes, "min", duration.Seconds, "s"),
        { TotalHours: < 24 } => Pair(duration.Hours, "h", duration.Minutes, "min"),
        _ => Pair((int)duration.TotalDays, "d", duration.Hours, "h"),
    };

    private static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
