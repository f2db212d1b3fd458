namespace Refresher.Bench.SpeedTest;

internal sealed class SpeedMeasurement : IMeasurement
{
    public string Help => """
        speed        how right the speed test is over emulated lines, beside iperf3 and speedtest-cli; needs root, 'ip netns' and /dev/net/tun
                     [--only grid|asymmetric|bloated|all (grid)] [--rate 10|100|500|1000] [--delay 5|40|120 ms] [--loss 0|1 %] [--seconds N the longest direction (10)]
        speed --coverage [N (100)]     how often the interval of a short test at 100 Mbit/s holds the truth   [--seconds N (5)] [--delay N ms (20)]
        speed --loopback               what this machine can measure at most
        """;

    public IReadOnlyDictionary<string, Func<BenchOptions, Figures, TextWriter, Task>> Verbs { get; } = new Dictionary<string, Func<BenchOptions, Figures, TextWriter, Task>>
    {
        ["speed"] = (options, figures, _) =>
        {
            SpeedBench.Run(options, figures);
            return Task.CompletedTask;
        },
        [SpeedPeer.ServerVerb] = (_, _, _) => SpeedPeer.ServeAsync(),
        [SpeedPeer.ClientVerb] = (options, _, output) => SpeedPeer.MeasureAsync(options, output),
    };
}
