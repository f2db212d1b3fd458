using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;

namespace Refresher.Core.Alerts.Log;

/// <summary>Brings the incident log whole into a worker, where a path is given.</summary>
internal static class IncidentLogServices
{
    // IncidentLog: { Path: "/var/log/refresher/incidents.jsonl", MaxBytes: 10485760, Files: 5 }
    public static IHostApplicationBuilder AddIncidentLog(this IHostApplicationBuilder builder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration[$"{IncidentLogOptions.Section}:{nameof(IncidentLogOptions.Path)}"]) && builder.RunsRole(WorkerRoles.Consumers))
        {
            builder.Services.AddOptions<IncidentLogOptions>().BindConfiguration(IncidentLogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
            builder.Services.AddEventConsumer<IncidentLog>();
        }

        return builder;
    }
}
