using System.Text.Json.Serialization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>At an event of the sun at a place, each day on which it occurs there.</summary>
/// <param name="Latitude">Degrees, north positive, -90 to 90.</param>
/// <param name="Longitude">Degrees, east positive, -180 to 180.</param>
/// <param name="Offset">Added to the event: earlier when negative; less than a day either way.</param>
/// <param name="TimeZone">Only for showing local times; UTC when absent.</param>
public sealed record SolarCadence(SolarEvent Event, double Latitude, double Longitude, TimeSpan? Offset = null, string? TimeZone = null) : Cadence
{
    /// <summary>Days looked at before giving up; every event that occurs at a place at all does so within a year.</summary>
    private const int Horizon = 368;

    public override IReadOnlyList<CadenceError> Validate()
    {
        List<CadenceError> errors = [];
        Check(Enum.IsDefined(Event), "event", "event is not known; it is sunrise, sunset, noon, or a dawn or dusk: civil, nautical or astronomical.");
        Check(Latitude is >= -90 and <= 90, "latitude", "latitude must be -90 to 90 degrees, north positive.");
        Check(Longitude is >= -180 and <= 180, "longitude", "longitude must be -180 to 180 degrees, east positive.");
        Check((Offset ?? TimeSpan.Zero).Duration() < TimeSpan.FromDays(1), "offset", "offset must be less than a day either way.");
        Check(TimeZone is null || TimeZones.TryFind(TimeZone, out _), "timeZone", TimeZone is null ? "" : TimeZones.WhatIsRight(TimeZone));
        return errors;

        void Check(bool right, string field, string message)
        {
            if (!right)
            {
                errors.Add(new CadenceError("cadence." + field, message));
            }
        }
    }

    public override DateTimeOffset? Next(DateTimeOffset after, CadenceContext context)
    {
        int first = DayOf(after) - 1;
        for (int day = first; day < first + Horizon; day++)
        {
            if (On(day) is { } at && at > after)
            {
                return at;
            }
        }

        return null;
    }

    public override DateTimeOffset? LatestAtOrBefore(DateTimeOffset at, CadenceContext context)
    {
        int last = DayOf(at) + 1;
        for (int day = last; day > last - Horizon; day--)
        {
            if (On(day) is { } found && found <= at)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>One calculation a day.</summary>
    public override long CountBetween(DateTimeOffset after, DateTimeOffset upTo, CadenceContext context)
    {
        long count = 0;
        for (int day = DayOf(after) - 1; upTo > after && day <= DayOf(upTo) + 1; day++)
        {
            count += On(day) is { } at && at > after && at <= upTo ? 1 : 0;
        }

        return count;
    }

    /// <summary>The number of the local solar day whose event is near.</summary>
    private int DayOf(DateTimeOffset at)
    {
        double days = (at.UtcTicks - (Offset ?? TimeSpan.Zero).Ticks) / (double)TimeSpan.TicksPerDay;
        return (int)Math.Clamp(Math.Floor(days + (Longitude / 360)), SolarEquations.FirstDay + 2, SolarEquations.LastDay - 2);
    }

    private DateTimeOffset? On(int day) =>
        day is < SolarEquations.FirstDay or > SolarEquations.LastDay ? null : SolarEquations.Find(Event, day, Latitude, Longitude) + (Offset ?? TimeSpan.Zero);
}

/// <summary>Events of the sun in the order of a day.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SolarEvent>))]
public enum SolarEvent
{
    /// <summary>The sun's centre rises through 18° below the horizon.</summary>
    AstronomicalDawn,

    /// <summary>12° below.</summary>
    NauticalDawn,

    /// <summary>6° below.</summary>
    CivilDawn,

    /// <summary>The upper edge appears, refraction included: 50 minutes of arc below.</summary>
    Sunrise,

    /// <summary>The sun crosses the meridian.</summary>
    Noon,

    Sunset,

    CivilDusk,

    NauticalDusk,

    AstronomicalDusk,
}
