using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What digests say about the line: the least, the mean and the most of each direction, and how often it fell short, by schedule.</summary>
internal sealed class SpeedTestDigest(RefresherDb db) : IDigestSection
{
    /// <summary>Tests that are looked at: more than one each minute of a week.</summary>
    private const int Most = 20_000;

    public int Order => 200;

    public async Task<MessageTable?> WriteAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var tests = await db.Set<SpeedTestResult>().AsNoTracking().Where(test => !test.SelfTest && test.At >= from && test.At < to).OrderByDescending(test => test.Id).Take(Most)
            .Select(test => new Seen(test.ScheduleKey, test.Failure != null, test.Healthy, (double?)test.Download!.Mbps, (double?)test.Upload!.Mbps, (double?)test.Idle!.MedianMs)).ToListAsync(cancel);
        if (tests.Count == 0)
        {
            return null;
        }

        var rows = tests.GroupBy(test => test.Schedule ?? "by hand").OrderBy(group => group.Key, StringComparer.Ordinal).Take(50).Select(group => (IReadOnlyList<string>)
        [
            group.Key, Count(group.Count()), Count(group.Count(test => test.Failed)), Health([.. group]), Range(group.Select(test => test.Download)), Range(group.Select(test => test.Upload)), Range(group.Select(test => test.Latency)),
        ]);
        var judged = tests.Count(test => test.Healthy is not null);
        return new MessageTable(
            "Speed of the line",
            $"{Count(tests.Count)} tests, {Count(tests.Count(test => test.Failed))} failed{(judged > 0 ? $", {Count(tests.Count(test => test.Healthy is false))} of {Count(judged)} below the threshold" : "")}. Least / mean / most of each.",
            ["Schedule", "tests", "failed", "below the threshold", "down Mbit/s", "up Mbit/s", "latency ms"],
            [.. rows]);
    }

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Health(Seen[] tests) => tests.Any(test => test.Healthy is not null) ? Count(tests.Count(test => test.Healthy is false)) : "–";

    private static string Range(IEnumerable<double?> values)
    {
        var there = values.OfType<double>().ToArray();
        return there.Length == 0 ? "–" : string.Join(" / ", new[] { there.Min(), there.Average(), there.Max() }.Select(value => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
    }

    private sealed record Seen(string? Schedule, bool Failed, bool? Healthy, double? Download, double? Upload, double? Latency);
}
