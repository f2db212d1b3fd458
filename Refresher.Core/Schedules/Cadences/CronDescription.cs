namespace Refresher.Core.Schedules.Cadences;

/// <summary>Joins the words for times, days and the zone.</summary>
internal static class CronDescription
{
    public static string Describe(CronExpression cron, string zone)
    {
        string days = CronDayWords.Of(cron.Fields, out bool everyDay);
        string times = CronTimeWords.Of(cron, everyDay, out int rhythm);
        if (everyDay && times.StartsWith("At", StringComparison.Ordinal) && !times.Contains("every", StringComparison.Ordinal))
        {
            times += " every day";
        }

        string text = $"{times} {days}".TrimEnd();

        // A short rhythm over the whole day needs no zone to be understood; a minute of the hour does, since offsets may be half hours.
        bool anywhere = days.Length == 0 && rhythm != 0 && (zone == "UTC" || (rhythm <= 3600 && !times.Contains(" at minute ", StringComparison.Ordinal)));
        return anywhere ? text : $"{text}, {zone}";
    }
}
