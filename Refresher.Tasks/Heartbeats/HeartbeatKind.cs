using System.ComponentModel;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Alerts;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Jobs elsewhere that call us when they are done, and whose silence is told.</summary>
[Description("Expects jobs elsewhere to call an address of theirs in time, and tells when one does not.")]
internal sealed class HeartbeatKind : IKind
{
    /// <summary>The framework's log of requests, which writes whole addresses.</summary>
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static string Name => "heartbeat";

    public static IReadOnlyList<KindPage> Pages => [new("Heartbeats", "/heartbeats", "heart-rate-monitor", "g b")];

    public static IReadOnlyList<AlertCondition> Conditions => [HeartbeatChanges.Condition];

    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.Logging.AddFilter(RequestLog, LogLevel.Warning);
        builder.Services.TryAddSingleton<BeatTokens>();
        builder.Services.TryAddSingleton<BeatIntake>();
        builder.Services.TryAddSingleton<BeatRates>();
        builder.Services.TryAddSingleton<BeatEndpoints.Doorkeeper>();
        builder.Services.TryAddScoped<HeartbeatQueries>();
        builder.Services.TryAddScoped<HeartbeatCommands>();
        builder.Services.AddTransient<IStartupFilter, HiddenTokens>();
        builder.Services.AddHostedService<BeatListener>();
    }

    public static void AddWorkers(IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<MissedHeartbeats>();
        builder.Services.AddHostedService<BeatRetention>();
    }

    public static void MapModel(ModelBuilder model) => HeartbeatMapping.Map(model);

    public static void MapActions(RouteGroupBuilder actions) => HeartbeatActions.Map(actions);

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        HeartbeatEndpoints.Map(endpoints);
        BeatEndpoints.Map(endpoints);
    }
}
