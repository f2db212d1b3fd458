using System.Globalization;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Whether the processors of this machine kept up with a measurement, from <c>/proc/stat</c> (proc(5)).</summary>
internal sealed class HostLoad
{
    // Above this share a core has no time left to speak of.
    private const double Busy = 0.95;

    private readonly Dictionary<string, (long Idle, long All)> _before = Read();

    /// <summary>Whether all cores together, or one alone, were at their limit since this was made; null where the system does not tell.</summary>
    public bool? WasLimit()
    {
        var now = Read();
        var shares = now.Where(core => _before.ContainsKey(core.Key)).Select(core => Share(_before[core.Key], core.Value)).ToList();
        return shares.Count == 0 ? null : shares.Max() >= Busy;
    }

    private static double Share((long Idle, long All) before, (long Idle, long All) after) =>
        after.All > before.All ? 1 - ((double)(after.Idle - before.Idle) / (after.All - before.All)) : 0;

    private static Dictionary<string, (long Idle, long All)> Read()
    {
        try
        {
            // "cpu0 user nice system idle iowait irq softirq steal …": waiting for a disk is idle, steal is not ours to use.
            return File.ReadLines("/proc/stat")
                .TakeWhile(line => line.StartsWith("cpu", StringComparison.Ordinal))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .ToDictionary(fields => fields[0], fields => Times([.. fields[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture))]));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static (long Idle, long All) Times(long[] times) => (times[3] + times[4], times.Sum());
}
