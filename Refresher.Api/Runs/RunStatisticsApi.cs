using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core.Runs.Rollups;
using Refresher.Core.Schedules;

namespace Refresher.Api.Runs;

/// <summary>What runs came to by hour or day, also of those that retention has removed.</summary>
internal static class RunStatisticsApi
{
    public static void MapRunStatistics(this IEndpointRouteBuilder routes) => routes.MapGet("/runs/statistics", GetAsync)
        .WithTags("Runs")
        .WithSummary("Outcomes, lateness and run time of runs by the hour or day they were due in; kept for 400 days, longer than the runs.");

    private static async Task<Results<Ok<RunStatisticsView>, ProblemHttpResult>> GetAsync(
        Query<RunStatisticsQuery> query, RunHistory history, ScheduleQueries schedules, TimeProvider clock, CancellationToken cancel)
    {
        var asked = query.Value;
        var schedule = Guid.TryParse(asked.Schedule, out var id) ? id : asked.Schedule is null ? (Guid?)null : (await schedules.FindAsync(asked.Schedule, cancel))?.Id;
        if (asked.Schedule is not null && schedule is null)
        {
            return Problems.NotFound("schedule", asked.Schedule);
        }

        var now = clock.GetUtcNow();
        var to = asked.To ?? now;
        var from = asked.From ?? to - TimeSpan.FromDays(asked.By == RollupStep.Hour ? 1 : 30);
        if (Wrong(from, to, asked.By, schedule is not null, now) is { } wrong)
        {
            return Problems.OfField(StatusCodes.Status400BadRequest, "The request is not right", "from", wrong);
        }

        var figures = await history.ReadAsync(from, to, asked.By, asked.Kind, schedule, cancel);
        return TypedResults.Ok(new RunStatisticsView(asked.By, from, to, [.. figures.Select(RunFiguresView.Of)]));
    }

    private static string? Wrong(DateTimeOffset from, DateTimeOffset to, RollupStep by, bool ofSchedule, DateTimeOffset now)
    {
        var most = by == RollupStep.Hour ? RunHistory.MostDaysByHour : RunHistory.MostDaysByDay;
        return from >= to ? "from must be before to."
            : to - from > TimeSpan.FromDays(most) ? $"from: at most {most} days before to; by=day allows {RunHistory.MostDaysByDay}."
            : by == RollupStep.Hour && ofSchedule && from < now - TimeSpan.FromDays(RunHistory.DaysOfScheduleHours) ? $"from: the hours of a single schedule are kept {RunHistory.DaysOfScheduleHours} days; ask by=day."
            : null;
    }
}

/// <summary>Which figures to show.</summary>
internal sealed record RunStatisticsQuery(DateTimeOffset? From, DateTimeOffset? To, RollupStep By, string? Kind, string? Schedule) : IQuery<RunStatisticsQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("from", "Due at or after this instant; a day before to by hour, 30 days by day when it is not said."),
        new("to", "Due before this instant; now when it is not said."),
        new("by", "hour (also when it is not said; 31 days at most, of a single schedule the last 8) or day (400 days at most). Days begin at midnight UTC."),
        new("kind", "Of this kind."),
        new("schedule", "Of the schedule with this id, also one that is deleted, or key."),
    ];

    public static RunStatisticsQuery Read(QueryReader query) => new(
        query.Instant("from"), query.Instant("to"), query.Word<RollupStep>("by") ?? RollupStep.Hour, query.Text("kind"), query.Text("schedule"));
}

/// <summary>Figures by hour or day.</summary>
internal sealed record RunStatisticsView(RollupStep By, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<RunFiguresView> Items);

/// <summary>What the runs due in an hour or day came to.</summary>
/// <param name="At">When the hour or day begins.</param>
/// <param name="States">Runs by state; <c>unfinished</c> had not ended when they were counted.</param>
/// <param name="Lateness">Of runs of a cadence that began, less what was blocked.</param>
/// <param name="RunTime">Of runs that began and ended.</param>
internal sealed record RunFiguresView(DateTimeOffset At, long Total, RunStatesView States, DurationView Lateness, DurationView RunTime)
{
    public static RunFiguresView Of(RunFigures one) => new(
        one.At, one.Total, new RunStatesView(one.Succeeded, one.Failed, one.Cancelled, one.Expired, one.Skipped, one.Unfinished), DurationView.Of(one.Lateness), DurationView.Of(one.RunTime));
}

/// <summary>Runs by state.</summary>
internal sealed record RunStatesView(long Succeeded, long Failed, long Cancelled, long Expired, long Skipped, long Unfinished);

/// <summary>Durations in seconds; null where there are none. Percentiles are read from a histogram, so they are near and not exact.</summary>
internal sealed record DurationView(long Count, double? Mean, double? P50, double? P99, double? Max)
{
    public static DurationView Of(DurationFigures one) => new(one.Count, one.Mean, one.Percentile(0.5), one.Percentile(0.99), one.Count == 0 ? null : one.Max);
}
