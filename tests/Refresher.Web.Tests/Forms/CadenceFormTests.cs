using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;
using Refresher.Web.Forms;

namespace Refresher.Web.Tests.Forms;

public sealed class CadenceFormTests
{
    public static TheoryData<Cadence> Cadences => new()
    {
        new EveryCadence(TimeSpan.FromSeconds(90)),
        new EveryCadence(TimeSpan.FromDays(2), EveryMode.Delay),
        new EveryCadence(TimeSpan.FromMilliseconds(1500)),
        new CronCadence("30 2 * * MON-FRI", "Europe/Berlin"),
        new OnceCadence(new DateTimeOffset(2027, 1, 31, 8, 0, 0, TimeSpan.Zero)),
        new SolarCadence(SolarEvent.CivilDusk, 52.52, 13.41, TimeSpan.FromMinutes(-30), "Europe/Berlin"),
    };

    [Theory]
    [MemberData(nameof(Cadences))]
    public void A_cadence_shown_and_sent_back_is_the_same(Cadence cadence)
    {
        var errors = new FieldErrors();

        var back = CadenceForm.Sent(Sent(CadenceForm.From(cadence).ToJson()["type"]!.ToString(), CadenceForm.From(cadence))).Read(errors);

        Assert.Empty(errors);
        Assert.Equal(cadence, back);
    }

    [Fact]
    public void A_local_time_is_taken_on_the_clocks_of_its_zone()
    {
        var errors = new FieldErrors();

        var cadence = CadenceForm.Sent(Sent(("type", "once"), ("at", "2027-07-01T08:00"), ("timeZone", "Europe/Berlin"))).Read(errors);

        Assert.Equal(new DateTimeOffset(2027, 7, 1, 6, 0, 0, TimeSpan.Zero), Assert.IsType<OnceCadence>(cadence).At.ToUniversalTime());
    }

    [Theory]
    [InlineData("every", "every", "0", "cadence.every")]
    [InlineData("every", "every", "x", "cadence.every")]
    [InlineData("cron", "cron", "", "cadence.cron")]
    [InlineData("once", "at", "", "cadence.at")]
    [InlineData("solar", "latitude", "north", "cadence.latitude")]
    [InlineData("nonsense", "every", "5", "cadence.type")]
    public void What_is_wrong_is_named_by_its_field(string type, string field, string text, string named)
    {
        var errors = new FieldErrors();

        var cadence = CadenceForm.Sent(Sent(("type", type), (field, text))).Read(errors);

        Assert.Null(cadence);
        Assert.Contains(errors, error => error.Key == named);
    }

    private static FormCollection Sent(string type, CadenceForm form) =>
        Sent([("type", type), .. new[] { "every", "unit", "mode", "cron", "timeZone", "at", "event", "latitude", "longitude", "offset" }.Select(field => (field, form[field]))]);

    private static FormCollection Sent(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(field => "cadence." + field.Name, field => new StringValues(field.Value)));
}
