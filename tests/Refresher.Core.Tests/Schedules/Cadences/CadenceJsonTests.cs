using System.Text.Json;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class CadenceJsonTests
{
    [Theory]
    [InlineData("""{"type":"every","every":"00:00:01"}""")]
    [InlineData("""{"type":"every","every":"1.00:00:00","mode":"delay"}""")]
    [InlineData("""{"type":"cron","cron":"30 2 * * 1-5","timeZone":"Europe/Berlin"}""")]
    [InlineData("""{"type":"once","at":"2027-01-31T08:00:00+00:00"}""")]
    [InlineData("""{"type":"solar","event":"civilDusk","latitude":52.52,"longitude":13.4,"offset":"-00:30:00","timeZone":"Europe/Berlin"}""")]
    public void A_cadence_is_stored_as_it_was_sent(string json)
    {
        Cadence? cadence = CadenceJson.Read(JsonDocument.Parse(json).RootElement, out IReadOnlyList<CadenceError> errors);

        Assert.Empty(errors);
        Assert.NotNull(cadence);
        Assert.Equal(json, CadenceJson.Write(cadence));
        Assert.Equal(cadence, CadenceJson.Read(CadenceJson.Write(cadence)));
    }

    [Fact]
    public void The_type_may_stand_anywhere()
    {
        const string json = """{"cron":"@daily","timeZone":"Asia/Tokyo","type":"cron"}""";

        Assert.Equal(new CronCadence("@daily", "Asia/Tokyo"), CadenceJson.Read(json));
        Assert.Equal(new CronCadence("@daily", "Asia/Tokyo"), CadenceJson.Read(JsonDocument.Parse(json).RootElement, out _));
    }

    [Theory]
    [InlineData("""7""", "cadence", "an object")]
    [InlineData("""{}""", "cadence.type", "every, cron, once or solar")]
    [InlineData("""{"type":"weekly"}""", "cadence.type", "every, cron, once or solar")]
    [InlineData("""{"type":"every"}""", "cadence.every", "00:00:01")]
    [InlineData("""{"type":"every","every":60}""", "cadence.every", "hh:mm:ss")]
    [InlineData("""{"type":"every","every":"5"}""", "cadence.every", "hh:mm:ss")]
    [InlineData("""{"type":"every","every":"24:00:00"}""", "cadence.every", "1.00:00:00")]
    [InlineData("""{"type":"every","every":"00:00:00.5"}""", "cadence.every", "00:00:01")]
    [InlineData("""{"type":"every","every":"367.00:00:00"}""", "cadence.every", "366 days")]
    [InlineData("""{"type":"every","every":"00:00:01.0000001"}""", "cadence.every", "milliseconds")]
    [InlineData("""{"type":"every","every":"00:01:00","mode":"often"}""", "cadence.mode", "rate or delay")]
    [InlineData("""{"type":"every","every":"00:01:00","timeZone":"UTC"}""", "cadence.timeZone", "every and mode")]
    [InlineData("""{"type":"cron"}""", "cadence.cron", "30 2 * * 1-5")]
    [InlineData("""{"type":"cron","cron":5}""", "cadence.cron", "a text")]
    [InlineData("""{"type":"cron","cron":"61 * * * *"}""", "cadence.cron", "0 to 59")]
    [InlineData("""{"type":"cron","cron":"0 0 30 2 *"}""", "cadence.cron", "never occurs")]
    [InlineData("""{"type":"cron","cron":"@daily","timeZone":"Europe/Berln"}""", "cadence.timeZone", "Europe/Berlin")]
    [InlineData("""{"type":"cron","cron":"@daily","timeZone":"../../etc/passwd"}""", "cadence.timeZone", "not known")]
    [InlineData("""{"type":"once"}""", "cadence.at", "2027-01-31T08:00:00Z")]
    [InlineData("""{"type":"once","at":"tomorrow"}""", "cadence.at", "2027-01-31T08:00:00Z")]
    [InlineData("""{"type":"once","at":"2027-01-31T08:00:00"}""", "cadence.at", "an offset")]
    [InlineData("""{"type":"solar","event":"moonrise","latitude":0,"longitude":0}""", "cadence.event", "sunrise")]
    [InlineData("""{"type":"solar","event":"sunrise","longitude":0}""", "cadence.latitude", "degrees")]
    [InlineData("""{"type":"solar","event":"sunrise","latitude":91,"longitude":0}""", "cadence.latitude", "-90 to 90")]
    [InlineData("""{"type":"solar","event":"sunrise","latitude":0,"longitude":-181}""", "cadence.longitude", "-180 to 180")]
    [InlineData("""{"type":"solar","event":"sunrise","latitude":0,"longitude":0,"offset":"1.00:00:00"}""", "cadence.offset", "less than a day")]
    public void A_wrong_field_is_named_with_what_is_right(string json, string field, string right)
    {
        Cadence? cadence = CadenceJson.Read(JsonDocument.Parse(json).RootElement, out IReadOnlyList<CadenceError> errors);

        Assert.Null(cadence);
        CadenceError error = Assert.Single(errors);
        Assert.Equal(field, error.Field);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
        Assert.Contains(field.Split('.')[^1], error.Message, StringComparison.Ordinal);
    }
}
