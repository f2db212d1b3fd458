using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Refresher.Bench.SpeedTest;

/// <param name="Mean">Over all its seconds.</param>
/// <param name="Median">Its median second. BBR empties the line every ten seconds to see the shortest round trip (draft-ietf-ccwg-bbr, ProbeRTT): that second is the sender's doing, not the line's.</param>
internal readonly record struct IperfRate(double Mean, double Median);

/// <summary>Debian's <c>iperf3</c> over the same line: what a program finds there that does nothing else.</summary>
internal sealed class Iperf : IDisposable
{
    private const int WarmUp = 3;

    private readonly Process _server = Command.Background("ip", Command.In(Line.ServerSpace, "iperf3", "-s", "-J"));

    public static bool IsInstalled => new[] { "/usr/bin/iperf3", "/usr/local/bin/iperf3" }.Any(File.Exists);

    /// <summary>Mbit/s of payload as the receiving end counted it, the first seconds left out.</summary>
    public IperfRate Measure(bool download, int streams, int seconds)
    {
        string[] words =
        [
            "iperf3", "-c", Line.Server, "-J", "--get-server-output", "-P", streams.ToString(CultureInfo.InvariantCulture),
            "-t", (WarmUp + seconds).ToString(CultureInfo.InvariantCulture), .. download ? (string[])["-R"] : [],
        ];
        for (var tries = 1; ; tries++)
        {
            try
            {
                var said = JsonNode.Parse(Command.Run("ip", Command.In(Line.ClientSpace, words)))!;
                return Rate(download ? said : said["server_output_json"] ?? throw new FormatException($"iperf3 did not get its server's figures: {said["error"]}"));
            }
            catch (InvalidOperationException) when (tries < 20)
            {
                // The server is not listening yet, or not done with the one before.
                Thread.Sleep(200);
            }
            catch (FormatException) when (tries < 3)
            {
                // Its two ends lost one another at the end of a measurement, which it is of no use without.
            }
        }
    }

    public void Dispose() => Command.End(_server);

    /// <summary>
    /// From the receiver's seconds, because the sums that it prints are not those: an upload's is over a time in which nothing came any more,
    /// and with <c>--omit</c> the second in which it begins to count loses some of its bytes.
    /// </summary>
    private static IperfRate Rate(JsonNode receiver)
    {
        var intervals = receiver["intervals"]?.AsArray() ?? throw new FormatException($"iperf3 gave no seconds: {receiver["error"]}");
        var sums = intervals.Select(interval => interval!["sum"]!).Where(sum => sum["start"]!.GetValue<double>() > WarmUp - 0.5 && sum["seconds"]!.GetValue<double>() > 0.5).ToArray();
        var rates = sums.Select(sum => Mbps(sum["bytes"]!.GetValue<double>(), sum["seconds"]!.GetValue<double>())).Order().ToArray();
        return new(Mbps(sums.Sum(sum => sum["bytes"]!.GetValue<double>()), sums.Sum(sum => sum["seconds"]!.GetValue<double>())), rates[rates.Length / 2]);

        static double Mbps(double bytes, double seconds) => bytes * 8 / 1e6 / seconds;
    }
}
