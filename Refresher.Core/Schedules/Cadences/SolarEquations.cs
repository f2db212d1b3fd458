namespace Refresher.Core.Schedules.Cadences;

/// <summary>
/// Where the sun stands, by the equations of NOAA's solar calculator (https://gml.noaa.gov/grad/solcalc/calcdetails.html, after Jean Meeus,
/// "Astronomical Algorithms", 2nd edition, chapters 15, 25 and 28). Good to a minute between 72° north and south for 1800 to 2100, less good nearer the poles.
/// </summary>
internal static class SolarEquations
{
    /// <summary>Day numbers (days since 0001-01-01) for which answers are given: 1900 to 2199.</summary>
    public const int FirstDay = 693_595, LastDay = 803_168;

    private const double DaysToJulian = 1_721_425.5, J2000 = 2_451_545.0, DaysPerCentury = 36_525.0;

    /// <summary>The event of the solar day <paramref name="day"/> at the place, to a second; null when the sun does not pass that height on it.</summary>
    /// <remarks>Rounded to a second, so that the last bits of a machine's sines do not make different occurrences.</remarks>
    public static DateTimeOffset? Find(SolarEvent what, int day, double latitude, double longitude)
    {
        // Minutes after the UTC midnight of the day; each round takes the sun's place at the time found before.
        double minutes = 720 - (4 * longitude);
        for (int round = 0; round < 5; round++)
        {
            (double equation, double declination) = Sun(day + (minutes / 1440));
            double noon = 720 - (4 * longitude) - equation;
            if (what == SolarEvent.Noon)
            {
                minutes = noon;
                continue;
            }

            double cosine = (Math.Cos(Radians(Zenith(what))) / (Math.Cos(Radians(latitude)) * Math.Cos(declination)))
                - (Math.Tan(Radians(latitude)) * Math.Tan(declination));
            if (double.IsNaN(cosine) || Math.Abs(cosine) > 1)
            {
                return null;
            }

            double quarter = 4 * (180 / Math.PI) * Math.Acos(cosine);
            minutes = what < SolarEvent.Noon ? noon - quarter : noon + quarter;
        }

        return Instants.FromSeconds((day * (long)CronExpression.SecondsPerDay) + (long)Math.Round(minutes * 60));
    }

    private static double Zenith(SolarEvent what) => what switch
    {
        SolarEvent.AstronomicalDawn or SolarEvent.AstronomicalDusk => 108,
        SolarEvent.NauticalDawn or SolarEvent.NauticalDusk => 102,
        SolarEvent.CivilDawn or SolarEvent.CivilDusk => 96,
        _ => 90.833,
    };

    /// <summary>The equation of time in minutes and the declination in radians, for a day number with its fraction.</summary>
    private static (double Equation, double Declination) Sun(double day)
    {
        double t = (day + DaysToJulian - J2000) / DaysPerCentury;
        double meanLongitude = Radians((280.46646 + (t * (36_000.76983 + (t * 0.0003032)))) % 360);
        double anomaly = Radians(357.52911 + (t * (35_999.05029 - (0.0001537 * t))));
        double eccentricity = 0.016708634 - (t * (0.000042037 + (0.0000001267 * t)));
        double centre = Radians((Math.Sin(anomaly) * (1.914602 - (t * (0.004817 + (0.000014 * t)))))
            + (Math.Sin(2 * anomaly) * (0.019993 - (0.000101 * t))) + (Math.Sin(3 * anomaly) * 0.000289));
        double node = Radians(125.04 - (1934.136 * t));
        double apparent = meanLongitude + centre - Radians(0.00569 + (0.00478 * Math.Sin(node)));
        double meanObliquity = 23 + ((26 + ((21.448 - (t * (46.815 + (t * (0.00059 - (t * 0.001813)))))) / 60)) / 60);
        double obliquity = Radians(meanObliquity + (0.00256 * Math.Cos(node)));
        double y = Math.Pow(Math.Tan(obliquity / 2), 2);
        double equation = 4 * (180 / Math.PI) * ((y * Math.Sin(2 * meanLongitude)) - (2 * eccentricity * Math.Sin(anomaly))
            + (4 * eccentricity * y * Math.Sin(anomaly) * Math.Cos(2 * meanLongitude))
            - (0.5 * y * y * Math.Sin(4 * meanLongitude)) - (1.25 * eccentricity * eccentricity * Math.Sin(2 * anomaly)));
        return (equation, Math.Asin(Math.Sin(obliquity) * Math.Sin(apparent)));
    }

    private static double Radians(double degrees) => degrees * (Math.PI / 180);
}
