using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Refresher.Bench.Speed;

/// <summary>Debian's <c>iperf3</c> over the same line: the truth about its rate, as a program knows it that does nothing else.</summary>
internal sealed class Iperf : IDisposable
{
    private const int WarmUp = 3;

    private readonly Process _server = Command.Start("ip", Command.In(Line.ServerSpace, "iperf3", "-s"));

    public static bool IsInstalled => new[] { "/usr/bin/iperf3", "/usr/local/bin/iperf3" }.Any(File.Exists);

    /// <summary>Mbit/s of payload that arrived, the first seconds left out.</summary>
    public double Measure(bool download, int streams, int seconds)
    {
        string[] words =
        [
            "iperf3", "-c", Line.Server, "-J", "-P", streams.ToString(CultureInfo.InvariantCulture), "-t", seconds.ToString(CultureInfo.InvariantCulture),
            "-O", WarmUp.ToString(CultureInfo.InvariantCulture), .. download ? (string[])["-R"] : [],
        ];
        for (var tries = 1; ; tries++)
        {
            try
            {
                var end = JsonNode.Parse(Command.Run("ip", Command.In(Line.ClientSpace, words)))!["end"]!;
                return end["sum_received"]!["bits_per_second"]!.GetValue<double>() / 1e6;
            }
            catch (InvalidOperationException) when (tries < 20)
            {
                // The server is not listening yet, or not done with the one before.
                Thread.Sleep(200);
            }
        }
    }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }
}
