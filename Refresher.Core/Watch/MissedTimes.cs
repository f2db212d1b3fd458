using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Core.Schedules;

namespace Refresher.Core.Watch;

/// <summary>Tells of times of schedules that passed without a run, in the transaction that moves on past them. What a calendar excludes was not missed.</summary>
internal static class MissedTimes
{
    /// <returns>What is to be told.</returns>
    public static async Task<IReadOnlyList<NewEvent>> BeginAsync(NpgsqlConnection connection, IReadOnlyCollection<OccurrenceGap> gaps, DateTimeOffset now, CancellationToken cancel)
    {
        if (gaps.Count == 0)
        {
            return [];
        }

        var schedules = await ScheduleSubjects.ReadAsync(connection, gaps.Select(gap => gap.ScheduleId), cancel);
        var told = await OpenConditions.BeginAsync(connection, CoreConditions.RunMissed, [.. gaps.Where(gap => schedules.ContainsKey(gap.ScheduleId)).Select(gap => new Trouble(
            schedules[gap.ScheduleId], now, ReasonOf(gap), $"/schedules/{gap.ScheduleId}/occurrences"))], counted: false, cancel);
        return [.. told.Select(one => one.Event)];
    }

    private static string ReasonOf(OccurrenceGap gap) => gap.Count == 1
        ? $"the time {Instant(gap.FromAt)} passed without a run: {gap.Reason}"
        : $"{gap.Count} times from {Instant(gap.FromAt)} to {Instant(gap.ToAt)} passed without a run: {gap.Reason}";

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
