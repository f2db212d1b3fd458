using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>
/// No trace begins with a call to another server: the loops look into the database several times a second, and what people want to read would be lost among that.
/// Within a trace such calls are recorded like everything else.
/// </summary>
internal sealed class TraceBeginnings : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
