using System.Globalization;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>How busy the processors of this machine were since this was made, from <c>/proc/stat</c> (proc(5)).</summary>
internal sealed class ProcessorTime
{
    private readonly Dictionary<string, (long Idle, long All)> _before = Read();

    /// <summary>The busy share, 0 to 1, of all cores together or of the busiest one; null where the system does not tell.</summary>
    public double? Busy()
    {
        var now = Read();
        var shares = now.Where(core => _before.ContainsKey(core.Key)).Select(core => Share(_before[core.Key], core.Value)).ToList();
        return shares.Count == 0 ? null : shares.Max();
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
