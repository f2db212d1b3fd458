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
    private volatile Standing? _seen;

    public SiteGauges(IServiceScopeFactory scopes, TimeProvider clock, SchemaGate gate, ILogger<SiteGauges> log)
        : base(gate, log)
    {
        (_scopes, _clock) = (scopes, clock);
        RefresherTelemetry.Meter.CreateObservableGauge("refresher.sites", Observe, "{site}", "Sites by state.");
        RefresherTelemetry.Meter.CreateObservableGauge("refresher.sites.certificate", Remaining, "s", "How long the certificate of a watched site that expires first is valid still; below 0 it has expired.");
    }

    protected override Task WaitAsync(CancellationToken cancel) => _seen is null ? Task.CompletedTask : Task.Delay(Every, _clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var sites = scope.ServiceProvider.GetRequiredService<SiteQueries>();
        _seen = new(await sites.CountsAsync(cancel), await sites.FirstExpiryAsync(cancel));
    }

    private IEnumerable<System.Diagnostics.Metrics.Measurement<double>> Remaining() =>
        _seen?.FirstExpiry is { } at ? [new((at - _clock.GetUtcNow()).TotalSeconds)] : [];

    private IEnumerable<System.Diagnostics.Metrics.Measurement<int>> Observe()
    {
        foreach (var status in Enum.GetValues<SiteStatus>())
        {
            if (_seen is { } seen)
            {
                yield return new(seen.Counts.GetValueOrDefault(status), new KeyValuePair<string, object?>("state", Words<SiteStatus>.Of(status)));
            }
        }
    }

    /// <summary>What the last look saw.</summary>
    private sealed record Standing(IReadOnlyDictionary<SiteStatus, int> Counts, DateTimeOffset? FirstExpiry);
}
