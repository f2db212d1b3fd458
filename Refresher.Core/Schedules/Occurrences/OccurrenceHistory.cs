using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules.Occurrences;

/// <summary>Reads what became of a schedule's due times, and why. Each page is bounded in rows read and in accounts given.</summary>
public sealed class OccurrenceHistory(RefresherDb db, NpgsqlDataSource database, CalendarQueries calendars, TimeProvider clock)
{
    /// <summary>Acts of people that are looked at for an explanation.</summary>
    private const int MostChanges = 200;

    private const string OverlapPrefix = "overlap";

    private const string OthersSql = """
        SELECT n.id, other.id FROM unnest($2, $3) AS n(id, due_at) CROSS JOIN LATERAL (
            SELECT r.id FROM runs r WHERE r.schedule_id = $1 AND r.id < n.id AND r.id >= $4 AND r.queued_at IS NOT NULL AND (r.finished_at IS NULL OR r.finished_at > n.due_at)
            ORDER BY r.id DESC LIMIT 1) other
        """;

    /// <summary>Runs that began longer before a skipped occurrence are not looked for.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(8);

    /// <param name="schedule">With its state.</param>
    public async Task<Page<OccurrenceAccount>> ReadAsync(Schedule schedule, OccurrenceRange range, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (runs, seen) = await RunsAsync(schedule.Id, range, cancel);
        var (gaps, within) = await GapsAsync(schedule.Id, seen, cancel);
        var changes = await db.AuditEntries.AsNoTracking()
            .Where(e => e.SubjectId == schedule.Id.ToString() && (e.Action == "schedule.pause" || e.Action == "schedule.resume" || e.Action == "schedule.update"))
            .OrderByDescending(e => e.Id).Take(MostChanges).ToListAsync(cancel);
        var known = new OccurrenceEvidence(
            schedule, [.. runs.Where(run => run.DueAt >= within.From && run.DueAt < within.To)], gaps, changes, await calendars.SetAsync(schedule.Calendars, cancel), now);
        List<OccurrenceAccount> accounts = [.. new OccurrenceTimeline(known, within).Accounts().Take(range.Limit + 1)];
        var page = Page<OccurrenceAccount>.Of(accounts, range.Limit, Cursor);
        var isCut = within != range && page.Next is null && page.Items.Count > 0;
        return new(await ExplainedAsync(schedule.Id, page.Items, cancel), isCut ? Cursor(page.Items[^1]) : page.Next);

        string Cursor(OccurrenceAccount account) => Text(range.Order == OccurrenceOrder.LatestFirst ? account.At : account.Last);
    }

    /// <summary>How a place in the list is written: an instant, to the millisecond.</summary>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads such a place.</summary>
    public static bool TryRead(string? text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out at);

    /// <returns>The runs, and the range as far as they reach.</returns>
    private async Task<(List<Run> Runs, OccurrenceRange Seen)> RunsAsync(Guid schedule, OccurrenceRange range, CancellationToken cancel)
    {
        var (lowest, highest) = (RunId.LowestAt(range.From), RunId.LowestAt(range.To));
        var all = db.Runs.AsNoTracking()
            .Where(r => r.ScheduleId == schedule && r.Id >= lowest && r.Id < highest && (r.Trigger == RunTrigger.Cadence || r.Trigger == RunTrigger.Backfill));
        var isLatestFirst = range.Order == OccurrenceOrder.LatestFirst;
        var runs = await (isLatestFirst ? all.OrderByDescending(r => r.Id) : all.OrderBy(r => r.Id)).Take(range.Limit + 1).ToListAsync(cancel);
        if (runs.Count <= range.Limit)
        {
            return (runs, range);
        }

        var edge = runs[range.Limit - 1].DueAt;
        return (runs, isLatestFirst ? range with { From = edge } : range with { To = edge.AddMilliseconds(1) });
    }

    private async Task<(List<OccurrenceGap> Gaps, OccurrenceRange Seen)> GapsAsync(Guid schedule, OccurrenceRange range, CancellationToken cancel)
    {
        var all = db.OccurrenceGaps.AsNoTracking().Where(g => g.ScheduleId == schedule && g.FromAt < range.To && g.ToAt >= range.From);
        var isLatestFirst = range.Order == OccurrenceOrder.LatestFirst;
        var gaps = await (isLatestFirst ? all.OrderByDescending(g => g.FromAt) : all.OrderBy(g => g.FromAt)).Take(range.Limit + 1).ToListAsync(cancel);
        if (gaps.Count <= range.Limit)
        {
            return (gaps, range);
        }

        var edge = gaps[range.Limit - 1];
        return (gaps[..range.Limit], isLatestFirst ? range with { From = edge.FromAt } : range with { To = edge.ToAt.AddMilliseconds(1) });
    }

    /// <summary>Names the runs that overlaps were about.</summary>
    private async Task<IReadOnlyList<OccurrenceAccount>> ExplainedAsync(Guid schedule, IReadOnlyList<OccurrenceAccount> accounts, CancellationToken cancel)
    {
        var overlaps = accounts.Select(account => account.Run).OfType<Run>().Where(run => run.State == RunState.Skipped && run.Reason?.StartsWith(OverlapPrefix, StringComparison.Ordinal) is true).ToArray();
        if (overlaps.Length == 0)
        {
            return accounts;
        }

        await using var command = database.CreateCommand(OthersSql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = schedule },
            new() { Value = Array.ConvertAll(overlaps, run => run.Id) },
            new() { Value = Array.ConvertAll(overlaps, run => run.DueAt) },
            new() { Value = RunId.LowestAt(overlaps.Min(run => run.DueAt) - Oldest) },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var others = new Dictionary<Guid, Guid>();
        while (await reader.ReadAsync(cancel))
        {
            others[reader.GetGuid(0)] = reader.GetGuid(1);
        }

        return [.. accounts.Select(account => account.Run is { } run && others.TryGetValue(run.Id, out var other) ? account with { OtherRunId = other } : account)];
    }
}
