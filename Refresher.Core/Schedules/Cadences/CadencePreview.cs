namespace Refresher.Core.Schedules.Cadences;

/// <summary>One time at which a schedule will be due.</summary>
/// <param name="At">UTC.</param>
/// <param name="Local">The same instant on the clocks of the cadence's time zone.</param>
/// <param name="Note">What is out of the ordinary about it, such as a local time that does not exist that day; null when nothing is.</param>
public sealed record Occurrence(DateTimeOffset At, DateTimeOffset Local, string? Note);

/// <summary>The coming occurrences of a cadence, with a note where clocks change.</summary>
public static class CadencePreview
{
    public const int Most = 1000;

    /// <summary>At most <paramref name="count"/> (and <see cref="Most"/>) occurrences strictly after <paramref name="from"/>; fewer when there are no more.</summary>
    public static IReadOnlyList<Occurrence> Of(Cadence cadence, CadenceContext context, DateTimeOffset from, int count)
    {
        ZoneTimeline zone = TimeZones.Timeline(cadence switch
        {
            CronCadence cron => cron.TimeZone,
            SolarCadence solar => solar.TimeZone,
            _ => null,
        });
        List<Occurrence> occurrences = [];
        DateTimeOffset? before = cadence is SolarCadence ? cadence.LatestAtOrBefore(from, context) : null;
        DateTimeOffset? next = cadence.Next(from, context);
        while (next is { } at && occurrences.Count < Math.Min(count, Most))
        {
            string? note = cadence switch
            {
                CronCadence cron => ClockChange.Note(cron.Expression, zone, at),
                SolarCadence solar => PolarNote(solar, zone, before, at),
                EveryCadence { Mode: EveryMode.Delay } => "as if runs took no time: it is counted from the end of the run before",
                _ => null,
            };
            occurrences.Add(new Occurrence(at, TimeZoneInfo.ConvertTime(at, zone.Zone), note));
            before = at;
            next = cadence.Next(at, context);
        }

        return occurrences;
    }

    private static string? PolarNote(SolarCadence solar, ZoneTimeline zone, DateTimeOffset? before, DateTimeOffset at)
    {
        if (before is not { } last || at - last < TimeSpan.FromHours(36))
        {
            return null;
        }

        return $"no {CadenceDescription.Name(solar.Event)} between {Date(last)} and {Date(at)} at {Math.Abs(solar.Latitude):0.##}° {(solar.Latitude < 0 ? "south" : "north")}";

        string Date(DateTimeOffset instant) => English.Date(TimeZoneInfo.ConvertTime(instant, zone.Zone).Ticks / TimeSpan.TicksPerSecond);
    }
}

/// <summary>Says what a change of clocks does to an occurrence.</summary>
internal static class ClockChange
{
    public static string? Note(CronExpression cron, ZoneTimeline zone, DateTimeOffset at)
    {
        long instant = Instants.ToSeconds(at);
        if (instant < ZoneTimeline.FirstInstant || instant >= ZoneTimeline.LastInstant)
        {
            return null;
        }

        ZoneStretch stretch = zone.At(instant);
        return (instant == stretch.Start ? Gap(cron, stretch, zone.Zone.Id) : null)
            ?? Overlap(cron, stretch, zone, instant + stretch.Offset);
    }

    private static string? Gap(CronExpression cron, ZoneStretch stretch, string zone)
    {
        long first = stretch.Reached < stretch.LocalStart ? cron.NextLocal(stretch.Reached) : CronExpression.Never;
        if (first == CronExpression.Never || first >= stretch.LocalStart)
        {
            return null;
        }

        long last = cron.PreviousLocal(stretch.LocalStart - 1);
        bool sameDay = first / CronExpression.SecondsPerDay == stretch.LocalStart / CronExpression.SecondsPerDay;
        string times = first == last ? $"{English.ClockOf(first)} does" : $"{English.ClockOf(first)} to {English.ClockOf(last)} do";
        string then = cron.Matches(stretch.LocalStart) ? "goes on at" : first == last ? "runs at" : "runs once, at";
        return $"{times} not exist on {English.Date(first)} in {zone}; {then} {English.ClockOf(stretch.LocalStart)}"
            + (sameDay ? "" : $" on {English.Date(stretch.LocalStart)}");
    }

    private static string? Overlap(CronExpression cron, ZoneStretch stretch, ZoneTimeline zone, long local)
    {
        bool second = local < stretch.Reached;
        ZoneStretch next = stretch.End <= ZoneTimeline.LastInstant ? zone.At(stretch.End) : stretch;
        bool first = next.LocalStart <= local && next.Offset < stretch.Offset;
        return !first && !second ? null
            : $"{English.ClockOf(local)} comes twice on {English.Date(local)} in {zone.Zone.Id}; "
            + (cron.IsIntervalLike ? $"this is the {(second ? "second" : "first")}" : "runs once, the first time")
            + $", at UTC{Offset(stretch.Offset)}";
    }

    private static string Offset(int seconds)
    {
        TimeSpan offset = TimeSpan.FromSeconds(Math.Abs(seconds));
        return (seconds < 0 ? "-" : "+") + offset.ToString(@"hh\:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
