using System.Globalization;
using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Core.Schedules;

namespace Refresher.Tasks.SpeedTest.Health;

/// <summary>What of a line can turn for worse and be told of.</summary>
internal static class SpeedConditions
{
    public const string Low = "speed.low";

    public static AlertCondition Condition { get; } = new(
        Low, "Speed below a threshold", "Speed is as expected again",
        "A speed test found less than the schedule's plan or a longer ping than it allows, and a second test against another server found the same; over when a test finds what is expected.");

    /// <summary>It begins: gives the line an episode.</summary>
    public static NewEvent Begin(LineHealth line, Schedule schedule, SpeedTestResult test, string confirmation)
    {
        (line.EpisodeId, line.Since, line.Reason) = (Guid.CreateVersion7(test.At), test.At, test.Complaint);
        return Change(line, schedule, active: true, test.At, test.Complaint, [.. Facts(test), new("Confirmation", confirmation)]);
    }

    /// <summary>It is over, because a test found what is expected or because nothing is expected any more.</summary>
    /// <param name="test">Null when no test is the reason.</param>
    public static NewEvent End(LineHealth line, Schedule? schedule, SpeedTestResult? test, string? reason, DateTimeOffset at)
    {
        var over = Change(line, schedule, active: false, at, reason, test is null ? [] : Facts(test));
        (line.EpisodeId, line.Since, line.Reason) = (null, null, null);
        return over;
    }

    private static NewEvent Change(LineHealth line, Schedule? schedule, bool active, DateTimeOffset at, string? reason, IReadOnlyList<KeyValuePair<string, string>> facts) => new StateChange
    {
        EpisodeId = line.EpisodeId!.Value,
        Condition = Low,
        Active = active,
        SubjectId = schedule?.Id.ToString() ?? line.ScheduleKey,
        SubjectName = schedule?.Name ?? line.ScheduleKey,
        Tags = schedule?.Tags ?? [],
        At = at,
        Since = line.Since ?? at,
        Reason = reason,
        Path = "/speed?schedule=" + Uri.EscapeDataString(line.ScheduleKey),
        Facts = facts,
    }.ToWatchedEvent();

    private static List<KeyValuePair<string, string>> Facts(SpeedTestResult test)
    {
        var facts = new List<KeyValuePair<string, string>>();
        Add("Download", test.Download?.Mbps, "Mbit/s", test.Thresholds?.DownloadMbps);
        Add("Upload", test.Upload?.Mbps, "Mbit/s", test.Thresholds?.UploadMbps);
        Add("Ping", test.Idle?.MedianMs, "ms", test.Thresholds?.PingMs);
        if (test.Server is { } server)
        {
            facts.Add(new("Server", server.Name));
        }

        return facts;

        void Add(string name, double? value, string unit, double? expected)
        {
            if (value is { } measured)
            {
                facts.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"{measured:0.0} {unit}{(expected is { } wanted ? $" (expected: {wanted:0.#})" : "")}")));
            }
        }
    }
}
