using System.Diagnostics.Metrics;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Tests.Telemetry;

public sealed class BoundedGaugeTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _told = [];
    private readonly BoundedGauge<long> _gauge;

    public BoundedGaugeTests()
    {
        var gauge = _meter.CreateGauge<long>("depth");
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _told[string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))] = value);
        _listener.EnableMeasurementEvents(gauge);
        _gauge = new(gauge, (one, other) => one + other, "queue");
    }

    [Fact]
    public void A_thousand_names_are_some_and_the_others_together()
    {
        _gauge.Record(Enumerable.Range(0, 1000).Select(n => ($"queue-{n}", (string?)null, 1L)));

        Assert.Equal(BoundedGauge<long>.Most + 1, _told.Count);
        Assert.Equal(1000 - BoundedGauge<long>.Most, _told["queue=other"]);
    }

    [Fact]
    public void New_names_day_after_day_add_nothing()
    {
        for (var day = 0; day < 100; day++)
        {
            _gauge.Record(Enumerable.Range(0, 10).Select(n => ($"{day}-{n}", (string?)"takeable", 1L)));
        }

        Assert.Equal(BoundedGauge<long>.Most + 1, _told.Count);
        Assert.Equal(10, _told["queue=other,state=takeable"]);
        Assert.Equal(0, _told["queue=0-0,state=takeable"]);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }
}
