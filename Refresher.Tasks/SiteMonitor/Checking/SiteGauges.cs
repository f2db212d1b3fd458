using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Telemetry;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Counts now and then how many sites stand how, for whoever scrapes the metrics. Every worker says the same.</summary>
internal sealed class SiteGauges : Loop
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private volatile IReadOnlyDictionary<SiteStatus, int>? _counts;

    public SiteGauges(IServiceScopeFactory scopes, TimeProvider clock, SchemaGate gate, ILogger<SiteGauges> log)
        : base(gate, log)
    {
        (_scopes, _clock) = (scopes, clock);
        RefresherTelemetry.Meter.CreateObservableGauge("refresher.sites", Observe, "{site}", "Sites by state.");
    }

    protected override Task WaitAsync(CancellationToken cancel) => _counts is null ? Task.CompletedTask : Task.Delay(Every, _clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var scope = _scopes.CreateAsyncScope();
        _counts = await scope.ServiceProvider.GetRequiredService<SiteQueries>().CountsAsync(cancel);
    }

    private IEnumerable<System.Diagnostics.Metrics.Measurement<int>> Observe()
    {
        foreach (var status in Enum.GetValues<SiteStatus>())
        {
            if (_counts is { } counts)
            {
                yield return new(counts.GetValueOrDefault(status), new KeyValuePair<string, object?>("state", Words<SiteStatus>.Of(status)));
            }
        }
    }
}
