using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Contract;
using Refresher.Core.Watch;

namespace Refresher.Tasks.Canary;

/// <summary>There is nothing to say.</summary>
public sealed record CanaryOptions;

/// <summary>A run that proves that runs are run: written ahead, released, sent, taken, executed and recorded like any other.</summary>
[Description("Proves each minute that runs are run, while a watchdog is set up.")]
internal sealed class CanaryTask(LivenessMarks marks) : IKind, ITask<CanaryOptions>
{
    public static string Name => "canary";

    public static KindDefaults Defaults => new() { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>Three that fail one after the other are one too many.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3);

    public static void AddServices(IHostApplicationBuilder builder) => builder.Services.AddSingleton(new LivenessExpectation(LivenessMarks.Runs, "run of the canary", Within));

    public static void AddWorkers(IHostApplicationBuilder builder)
    {
        if (builder.Configuration.GetSection(WatchdogOptions.Section).Get<WatchdogOptions>() is { IsOn: true })
        {
            builder.Services.AddHostedService<CanaryLoop>();
        }
    }

    public async Task<RunOutcome> RunAsync(CanaryOptions options, RunContext run, CancellationToken cancel)
    {
        await marks.StampAsync(LivenessMarks.Runs, cancel);
        return RunOutcome.Success();
    }
}
