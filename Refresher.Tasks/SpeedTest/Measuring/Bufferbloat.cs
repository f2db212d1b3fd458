namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// A grade for how little the load of a line lengthens its round trips, after DSLReports
/// (https://www.dslreports.com/faq/17930): by the mean of the increases of both directions.
/// </summary>
internal static class Bufferbloat
{
    private static readonly (double Below, string Grade)[] Grades = [(5, "A+"), (30, "A"), (60, "B"), (200, "C"), (400, "D"), (double.PositiveInfinity, "F")];

    /// <param name="idleMs">Median round trip of the idle line.</param>
    /// <param name="loadedMs">Medians under load, of the directions that were measured.</param>
    /// <returns>Null when no direction has a round trip under load.</returns>
    public static string? Grade(double idleMs, params IEnumerable<double?> loadedMs)
    {
        var increases = loadedMs.OfType<double>().Select(loaded => Math.Max(0, loaded - idleMs)).ToArray();
        return increases.Length == 0 ? null : Array.Find(Grades, grade => increases.Average() < grade.Below).Grade;
    }
}
