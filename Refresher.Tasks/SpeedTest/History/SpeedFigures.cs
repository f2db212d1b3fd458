namespace Refresher.Tasks.SpeedTest.History;

/// <summary>One measure over several tests.</summary>
/// <param name="P5">5 of 100 tests lie below.</param>
/// <param name="P95">95 of 100 tests lie below.</param>
public sealed record SpeedFigure(double Min, double P5, double Median, double Mean, double P95, double Max);

/// <summary>Several tests as figures; a measure that none of them has is null.</summary>
/// <param name="Failed">Of <see cref="Tests"/>: those that came to nothing.</param>
/// <param name="Unhealthy">Of <see cref="Tests"/>: those that fell short of what was expected.</param>
/// <param name="Download">Mbit/s.</param>
/// <param name="Upload">Mbit/s.</param>
/// <param name="Ping">Median round trips of the idle line, in milliseconds.</param>
public sealed record SpeedFigures(int Tests, int Failed, int Unhealthy, SpeedFigure? Download, SpeedFigure? Upload, SpeedFigure? Ping)
{
    public static SpeedFigures None { get; } = new(0, 0, 0, null, null, null);
}

/// <summary>The tests against one server as figures.</summary>
public sealed record ServerFigures(string Url, string Name, SpeedFigures Figures);

/// <summary>A time up to now over which tests are shown, and the stretches it is cut into.</summary>
public sealed record SpeedRange(string Word, string Name, TimeSpan Step, int Count)
{
    public static IReadOnlyList<SpeedRange> All { get; } =
    [
        new("24h", "24 h", TimeSpan.FromHours(1), 24),
        new("7d", "7 d", TimeSpan.FromHours(6), 28),
        new("30d", "30 d", TimeSpan.FromDays(1), 30),
        new("1y", "1 y", TimeSpan.FromDays(7), 53),
    ];

    public static SpeedRange Of(string? word) => All.FirstOrDefault(range => range.Word == word, All[1]);

    /// <summary>The beginning of the first stretch; the last one holds <paramref name="now"/>.</summary>
    public DateTimeOffset From(DateTimeOffset now) => new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Step.Ticks), TimeSpan.Zero) - (Step * (Count - 1));
}
