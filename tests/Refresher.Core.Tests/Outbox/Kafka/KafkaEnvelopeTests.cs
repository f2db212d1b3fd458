using System.Text;
using System.Text.Json;
using Refresher.Core.Outbox;
using Refresher.Core.Outbox.Kafka;

namespace Refresher.Core.Tests.Outbox.Kafka;

public sealed class KafkaEnvelopeTests
{
    private static readonly Event s_event = new(
        Guid.CreateVersion7(), Topics.SiteChecks, "site.checked", "ключ \"1\"", new(2026, 3, 29, 1, 2, 3, 456, TimeSpan.Zero),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", """{"status":"up","nested":{"a":[1,2,"}"]}}"""u8.ToArray());

    [Fact]
    public void An_event_comes_out_as_it_went_in()
    {
        var read = KafkaEnvelope.Read(s_event.Topic, KafkaEnvelope.Write(s_event));

        Assert.Equal(s_event with { Payload = default }, read with { Payload = default });
        Assert.Equal(Encoding.UTF8.GetString(s_event.Payload.Span), Encoding.UTF8.GetString(read.Payload.Span));
    }

    [Fact]
    public void An_event_outside_of_any_trace_has_none_afterwards()
    {
        var read = KafkaEnvelope.Read(s_event.Topic, KafkaEnvelope.Write(s_event with { TraceParent = null }));

        Assert.Null(read.TraceParent);
    }

    [Theory]
    [InlineData(new byte[] { 7, 0, 0, 0 })]
    [InlineData(new byte[] { (byte)'1', (byte)' ', (byte)'2' })]
    [InlineData(new byte[] { })]
    public void A_payload_that_is_no_JSON_does_not_spoil_the_rest(byte[] payload)
    {
        var read = KafkaEnvelope.Read(s_event.Topic, KafkaEnvelope.Write(s_event with { Payload = payload }));

        Assert.Equal((s_event.Id, s_event.Key), (read.Id, read.Key));
        Assert.Equal(payload, read.Payload.ToArray());
    }

    [Fact]
    public void Members_that_a_later_version_adds_are_passed_over()
    {
        var text = Encoding.UTF8.GetString(KafkaEnvelope.Write(s_event)).Insert(1, """ "version":{"major":2}, """);

        var read = KafkaEnvelope.Read(s_event.Topic, Encoding.UTF8.GetBytes(text));

        Assert.Equal(s_event.Id, read.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"no uuid","type":"t","key":"k","at":"2026-01-01T00:00:00Z","payload":1}""")]
    [InlineData("""{"id":"0199c5a0-0000-7000-8000-000000000000","type":7,"key":"k","at":"2026-01-01T00:00:00Z","payload":1}""")]
    [InlineData("""{"id":"0199c5a0-0000-7000-8000-000000000000","type":"t","key":"k","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"id":"0199c5a0-0000-7000-8000-000000000000","type":"t","key":"k","at":"2026-01-01T00:00:00Z","payload":{""")]
    public void What_is_no_envelope_is_told_in_one_way(string value)
    {
        Assert.ThrowsAny<JsonException>(() => KafkaEnvelope.Read(Topics.Runs, Encoding.UTF8.GetBytes(value)));
    }
}
