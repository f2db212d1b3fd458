using System.Diagnostics;
using OpenTelemetry;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>Keeps the requests of pollers, and all they cause, out of the traces: a probe every few seconds hides the rest.</summary>
internal sealed class QuietRequests : BaseProcessor<Activity>
{
    private static readonly string[] Paths = ["/health", "/alive", "/metrics"];

    public override void OnStart(Activity data)
    {
        if (data is { Kind: ActivityKind.Server, Source.Name: "Microsoft.AspNetCore" } && Paths.Contains(data.GetTagItem("url.path")))
        {
            // Exporters skip what is not recorded, and spans within follow their parent.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
