namespace Refresher.Bench.SpeedTest;

/// <summary>A line to emulate.</summary>
/// <param name="DownMbps">Rate towards the client, of IP packets, in Mbit/s; <paramref name="UpMbps"/> away from it.</param>
/// <param name="RoundTrip">Propagation of both ways together, empty queues.</param>
/// <param name="Loss">Share of packets lost at random, each way.</param>
/// <param name="Buffer">How long a full queue takes to leave, each way: its bytes are the rate times this.</param>
/// <param name="Control">Congestion control of both ends.</param>
internal sealed record LinkSpec(double DownMbps, double UpMbps, TimeSpan RoundTrip, double Loss, TimeSpan Buffer, string Control)
{
    /// <summary>What of the rate is left for a TCP stream's payload: packets of 1500 bytes with 40 bytes of headers and 12 of timestamps (RFC 7323).</summary>
    public const double PayloadShare = 1448.0 / 1500;

    /// <summary>What the kernel has.</summary>
    public static string[] Controls => File.ReadAllText("/proc/sys/net/ipv4/tcp_available_congestion_control").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    public string Name => FormattableString.Invariant(
        $"{DownMbps:0}{(DownMbps == UpMbps ? "" : $"/{UpMbps:0}")} Mbit/s, {RoundTrip.TotalMilliseconds:0} ms, {Loss * 100:0} % loss, {Buffer.TotalMilliseconds:0} ms buffer, {Control}");
}
