using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class SolarCadenceTests
{
    private static readonly CadenceContext Context = new(DateTimeOffset.UnixEpoch);

    private static readonly SolarEvent[] Columns = [SolarEvent.CivilDawn, SolarEvent.Sunrise, SolarEvent.Noon, SolarEvent.Sunset, SolarEvent.CivilDusk];

    public static TheoryData<string, string> Places
    {
        get
        {
            using StreamReader reader = new(typeof(SolarCadenceTests).Assembly.GetManifestResourceStream("solar-table.txt")!);
            TheoryData<string, string> places = [];
            foreach (string place in reader.ReadToEnd().Split("\n@ ").Skip(1))
            {
                string[] lines = place.Split('\n', 2);
                places.Add(lines[0], lines[1]);
            }

            return places;
        }
    }

    /// <summary>Within a minute and a half of the Naval Observatory's, which are rounded to a minute; nearer the poles than 72° within four.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public void The_suns_events_are_those_of_the_almanac(string place, string rows)
    {
        string[] words = place.Split(' ');
        (double latitude, double longitude) = (Number(words[1]), Number(words[2]));
        TimeSpan tolerance = Math.Abs(latitude) < 72 ? TimeSpan.FromSeconds(90) : TimeSpan.FromMinutes(4);
        foreach (string[] row in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
        {
            DateTimeOffset day = At($"{row[0]}T00:00Z");
            for (int column = 0; column < Columns.Length; column++)
            {
                SolarCadence cadence = new(Columns[column], latitude, longitude);
                string[] times = row[column + 1] == "-" ? [] : row[column + 1].Split('+');
                foreach (string time in times)
                {
                    DateTimeOffset expected = At($"{row[0]}T{time}Z");
                    DateTimeOffset? next = cadence.Next(expected - tolerance, Context);
                    Assert.True(next <= expected + tolerance, $"{place}: {Columns[column]} is published for {expected:u}, found {next:u}");
                }

                // The Observatory leaves noon out when the sun stays below the horizon; it crosses the meridian all the same.
                long found = cadence.CountBetween(day + tolerance, day.AddDays(1) - tolerance, Context);
                Assert.True(found <= times.Length || Columns[column] == SolarEvent.Noon, $"{place}: {found} times {Columns[column]} on {row[0]}, published are {times.Length}");
            }
        }
    }

    /// <summary>London, from timeanddate.com.</summary>
    [Theory]
    [InlineData(SolarEvent.NauticalDawn, "2015-12-01T06:22Z")]
    [InlineData(SolarEvent.NauticalDawn, "2015-12-25T06:41Z")]
    [InlineData(SolarEvent.AstronomicalDawn, "2015-12-01T05:41Z")]
    [InlineData(SolarEvent.AstronomicalDawn, "2015-12-25T06:01Z")]
    [InlineData(SolarEvent.NauticalDusk, "2015-12-01T17:16Z")]
    [InlineData(SolarEvent.NauticalDusk, "2015-12-25T17:19Z")]
    [InlineData(SolarEvent.Sunset, "2015-12-12T15:51Z")]
    public void Twilights_are_those_published(SolarEvent what, string published)
    {
        SolarCadence cadence = new(what, 51.509, -0.118);

        DateTimeOffset? next = cadence.Next(At(published).AddMinutes(-30), Context);

        Assert.InRange(next ?? default, At(published).AddMinutes(-1.5), At(published).AddMinutes(1.5));
    }

    [Fact]
    public void A_polar_night_is_waited_out()
    {
        SolarCadence sunrise = new(SolarEvent.Sunrise, 69.6489, 18.95508);

        DateTimeOffset? next = sunrise.Next(At("2025-12-01T00:00Z"), Context);

        // The sun comes back to Tromsø in the middle of January.
        Assert.InRange(next ?? default, At("2026-01-13T00:00Z"), At("2026-01-17T00:00Z"));
        Assert.InRange(sunrise.LatestAtOrBefore(At("2025-12-31T00:00Z"), Context) ?? default, At("2025-11-25T00:00Z"), At("2025-11-30T00:00Z"));
    }

    [Fact]
    public void Where_the_sun_never_gets_there_is_no_next()
    {
        Assert.Null(new SolarCadence(SolarEvent.Sunrise, 90, 0).Next(At("2026-01-01T00:00Z"), Context));
        Assert.NotNull(new SolarCadence(SolarEvent.Noon, 90, 0).Next(At("2026-01-01T00:00Z"), Context));
        Assert.Null(new SolarCadence(SolarEvent.Noon, 0, 0).Next(DateTimeOffset.MaxValue, Context));
        Assert.Null(new SolarCadence(SolarEvent.Noon, 0, 0).LatestAtOrBefore(DateTimeOffset.MinValue, Context));
    }

    [Theory]
    [InlineData(SolarEvent.Sunrise, 0, 179.99, 0)]
    [InlineData(SolarEvent.Sunset, -33.87, -179.99, 0)]
    [InlineData(SolarEvent.CivilDusk, 52.52, 13.4, -23.9)]
    [InlineData(SolarEvent.AstronomicalDawn, 40.71, -74, 23.9)]
    [InlineData(SolarEvent.Sunset, 65.6, 25, 0)]
    public void Events_follow_each_other_once_and_are_counted_as_they_come(SolarEvent what, double latitude, double longitude, double offsetHours)
    {
        SolarCadence cadence = new(what, latitude, longitude, TimeSpan.FromHours(offsetHours));
        DateTimeOffset start = At("2026-01-01T00:00Z"), at = start;
        for (int count = 1; count <= 800; count++)
        {
            DateTimeOffset? next = cadence.Next(at, Context);

            Assert.NotNull(next);
            Assert.True(next - at > TimeSpan.FromHours(count == 1 ? 0 : 23), $"{next:u} follows {at:u}");
            Assert.Equal(0, next.Value.Ticks % TimeSpan.TicksPerSecond);
            Assert.Equal(next, cadence.LatestAtOrBefore(next.Value, Context));
            Assert.True(count == 1 || cadence.LatestAtOrBefore(next.Value.AddTicks(-1), Context) == at);
            Assert.Equal(count, cadence.CountBetween(start, next.Value, Context));
            at = next.Value;
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
