using System.Net;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Why a measurement of one direction ended.</summary>
internal enum StopReason
{
    /// <summary>The rate was known well enough.</summary>
    Steady,

    /// <summary>Its time was over.</summary>
    Time,

    /// <summary>Its data was used up.</summary>
    Data,
}

/// <summary>How much, how fast and how long at most.</summary>
/// <param name="Bytes">The most bytes.</param>
/// <param name="Step">Time between two looks at whether more streams bring more; several round trips.</param>
internal sealed record ThroughputLimits(TimeSpan Duration, long Bytes, int Streams, TimeSpan Step);

/// <summary>The outcome of one direction.</summary>
/// <param name="Rate">In Mbit/s.</param>
/// <param name="Curve">Mbit/s for every quarter of a second from the start, warm-up included.</param>
/// <param name="SteadyFrom">Timestamp of the end of the warm-up, which took <paramref name="WarmUp"/>.</param>
/// <param name="Host">What the two machines had to do with it after the streams were all there; null when that is unknown.</param>
internal sealed record Throughput(
    RateEstimate Rate, long Bytes, TimeSpan Elapsed, int Streams, StopReason Stopped, IReadOnlyList<double> Curve, long SteadyFrom, TimeSpan WarmUp, HostLimit? Host, IPAddress? Server);
