using System.Globalization;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Runs.Rollups;

namespace Refresher.Core.Alerts.Digests;

/// <summary>How runs came out and how punctual they were.</summary>
internal sealed class RunSection(RunHistory history) : IDigestSection
{
    public int Order => 0;

    public async Task<MessageTable?> WriteAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var hours = await history.ReadAsync(from, to, RollupStep.Hour, null, null, cancel);
        var (total, succeeded, failed) = (hours.Sum(hour => hour.Total), hours.Sum(hour => hour.Succeeded), hours.Sum(hour => hour.Failed));
        if (total == 0)
        {
            return new MessageTable("Runs", "Nothing ran.", [], []);
        }

        var late = hours.Where(hour => hour.Lateness.Count > 0).ToArray();
        var (begun, seconds) = (late.Sum(hour => hour.Lateness.Count), late.Sum(hour => (hour.Lateness.Mean ?? 0) * hour.Lateness.Count));
        var punctual = begun == 0 ? "" : $" Runs began {Seconds(seconds / begun)} late on average, at most {Seconds(late.Max(hour => hour.Lateness.Max))}.";
        (string Outcome, long Count)[] outcomes =
        [
            ("succeeded", succeeded), ("failed", failed), ("cancelled", hours.Sum(hour => hour.Cancelled)), ("expired", hours.Sum(hour => hour.Expired)),
            ("skipped", hours.Sum(hour => hour.Skipped)), ("not ended", hours.Sum(hour => hour.Unfinished)),
        ];
        return new MessageTable(
            "Runs",
            $"{Number(succeeded)} of {Number(total)} succeeded ({(100.0 * succeeded / total).ToString("0.##", CultureInfo.InvariantCulture)} %), {Number(failed)} failed.{punctual}",
            ["Outcome", "Runs"],
            [.. outcomes.Where(row => row.Count > 0).Select(row => (IReadOnlyList<string>)[row.Outcome, Number(row.Count)])]);
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => $"{seconds.ToString(seconds < 10 ? "0.###" : "0", CultureInfo.InvariantCulture)} s";
}
