using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class CadencePreviewTests
{
    private static readonly CadenceContext Context = new(At("2026-01-01T00:00:00Z"));

    [Theory]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00", "02:30 does not exist on 29 March 2026 in Europe/Berlin; runs at 03:00")]
    [InlineData("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00", "02:00 to 02:45 do not exist on 29 March 2026 in Europe/Berlin; runs once, at 03:00")]
    [InlineData("*/15 * * * *", "Europe/Berlin", "2026-03-29T00:45:00Z", "2026-03-29T03:00:00+02:00", "02:00 to 02:45 do not exist on 29 March 2026 in Europe/Berlin; goes on at 03:00")]
    [InlineData("0 10 * * *", "Pacific/Apia", "2011-12-29T21:00:00Z", "2011-12-31T00:00:00+14:00", "10:00 does not exist on 30 December 2011 in Pacific/Apia; runs at 00:00 on 31 December 2011")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00", "02:30 comes twice on 25 October 2026 in Europe/Berlin; runs once, the first time, at UTC+02:00")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:30:00+02:00", "02:30 comes twice on 25 October 2026 in Europe/Berlin; this is the first, at UTC+02:00")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+01:00", "02:30 comes twice on 25 October 2026 in Europe/Berlin; this is the second, at UTC+01:00")]
    [InlineData("30 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T03:30:00+01:00", null)]
    [InlineData("30 1 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T01:30:00+02:00", null)]
    public void The_preview_says_what_a_change_of_clocks_does(string cron, string zone, string from, string local, string? note)
    {
        Occurrence next = Assert.Single(CadencePreview.Of(new CronCadence(cron, zone), Context, At(from), 1));

        Assert.Equal(local, next.Local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        Assert.Equal(next.At, next.Local);
        Assert.Equal(TimeSpan.Zero, next.At.Offset);
        Assert.Equal(note, next.Note);
    }

    [Fact]
    public void A_polar_summer_is_explained()
    {
        SolarCadence sunset = new(SolarEvent.Sunset, 69.65, 18.96, TimeZone: "Europe/Oslo");

        IReadOnlyList<Occurrence> occurrences = CadencePreview.Of(sunset, Context, At("2026-06-01T00:00:00Z"), 2);

        Assert.Contains("no sunset between", occurrences[0].Note, StringComparison.Ordinal);
        Assert.Null(occurrences[1].Note);
    }

    [Fact]
    public void A_preview_ends_with_the_cadence_and_at_its_most()
    {
        Assert.Single(CadencePreview.Of(new OnceCadence(At("2027-01-01T00:00:00Z")), Context, At("2026-01-01T00:00:00Z"), 5));
        Assert.Empty(CadencePreview.Of(new OnceCadence(At("2025-01-01T00:00:00Z")), Context, At("2026-01-01T00:00:00Z"), 5));
        Assert.Equal(CadencePreview.Most, CadencePreview.Of(new EveryCadence(TimeSpan.FromSeconds(1)), Context, At("2026-01-01T00:00:00Z"), int.MaxValue).Count);
        Assert.Empty(CadencePreview.Of(new EveryCadence(TimeSpan.FromSeconds(1)), Context, At("2026-01-01T00:00:00Z"), -1));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
