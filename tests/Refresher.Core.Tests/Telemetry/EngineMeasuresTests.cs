using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Refresher.Core.Runs;
using Refresher.Core.Telemetry;
using Refresher.Testing;

namespace Refresher.Core.Tests.Telemetry;

/// <summary>What is told of the whole, where no worker takes anything.</summary>
public sealed class EngineMeasuresTests : EngineTest, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _told = new(StringComparer.Ordinal);

    public EngineMeasuresTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == RefresherTelemetry.Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    private protected override string Roles => "scheduler";

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Queues_states_and_schedules_are_told()
    {
        // A queue of a name that no other test of this process has.
        var queue = "q-" + Guid.NewGuid().ToString("N")[..8];
        await PostAsync([.. Enumerable.Range(0, 3).Select(_ => $$"""{"kind": "echo", "queue": "{{queue}}"}""")]);

        await SeeAsync($"refresher.queue.depth queue={queue},state=takeable", value => value == 3);
        await SeeAsync($"refresher.queue.age queue={queue}", value => value > 0);
        await SeeAsync("refresher.runs.unfinished state=queued", value => value >= 3);
        await SeeAsync("refresher.nodes role=scheduler,state=running", value => value >= 1);
    }

    [Fact]
    public async Task Runs_that_nobody_executed_are_counted_when_they_end()
    {
        var before = _told.GetValueOrDefault("refresher.runs kind=echo,state=cancelled");
        var run = await PostAsync("""{"kind": "echo", "queue": "nobody-takes-from-it"}""");
        await Engine.WithAsync<RunCommands, object?>(async commands => await commands.CancelAsync(run, "a test", default));

        await EndedAsync(run);
        await SeeAsync("refresher.runs kind=echo,state=cancelled", value => value >= before + 1);
    }

    private Task<double> SeeAsync(string series, Func<double, bool> wanted) =>
        Eventually.SeeAsync(() => Task.FromResult(_told.TryGetValue(series, out var value) ? value : double.NaN), value => !double.IsNaN(value) && wanted(value), 60);

    /// <summary>The last value of a gauge, the sum of a counter.</summary>
    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = $"{instrument.Name} {string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}";
        _told.AddOrUpdate(series, value, (_, before) => instrument is Counter<long> ? before + value : value);
    }
}
