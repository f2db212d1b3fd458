using System.Globalization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>A cadence in English: "At 02:30 on weekdays, Europe/Berlin".</summary>
/// <remarks>Made from what an expression matches, not from how it is written: what cannot be said shortly is enumerated, never rounded.</remarks>
public static class CadenceDescription
{
    /// <summary>For a cadence that is not valid, what is wrong with it. Never throws.</summary>
    public static string Describe(Cadence cadence) => cadence.Validate() is [CadenceError error, ..]
        ? error.Message
        : cadence switch
        {
            EveryCadence { Mode: EveryMode.Delay } every => $"{English.Length(every.Every)} after the end of each run",
            EveryCadence every => $"Every {English.Period(every.Every)}",
            CronCadence cron => CronDescription.Describe(cron.Expression, cron.TimeZone ?? "UTC"),
            OnceCadence once => $"Once, {Instant(once.At)}",
            SolarCadence solar => Describe(solar),
            _ => cadence.ToString(),
        };

    private static string Instant(DateTimeOffset at)
    {
        DateTimeOffset utc = at.ToUniversalTime();
        string time = utc.Millisecond != 0 ? "HH':'mm':'ss.fff" : utc.Second != 0 ? "HH':'mm':'ss" : "HH':'mm";
        return utc.ToString($"'on' d MMMM yyyy 'at' {time} 'UTC'", CultureInfo.InvariantCulture);
    }

    private static string Describe(SolarCadence solar)
    {
        TimeSpan offset = solar.Offset ?? TimeSpan.Zero;
        string distance = offset == TimeSpan.Zero ? "At"
            : $"{English.Length(offset.Duration())} {(offset < TimeSpan.Zero ? "before" : "after")}";
        string latitude = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(solar.Latitude):0.####}° {(solar.Latitude < 0 ? 'S' : 'N')}");
        string longitude = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(solar.Longitude):0.####}° {(solar.Longitude < 0 ? 'W' : 'E')}");
        return $"{distance} {Name(solar.Event)} at {latitude}, {longitude}";
    }

    internal static string Name(SolarEvent what) => what switch
    {
        SolarEvent.AstronomicalDawn => "astronomical dawn",
        SolarEvent.NauticalDawn => "nautical dawn",
        SolarEvent.CivilDawn => "civil dawn",
        SolarEvent.Sunrise => "sunrise",
        SolarEvent.Noon => "solar noon",
        SolarEvent.Sunset => "sunset",
        SolarEvent.CivilDusk => "civil dusk",
        SolarEvent.NauticalDusk => "nautical dusk",
        _ => "astronomical dusk",
    };
}
