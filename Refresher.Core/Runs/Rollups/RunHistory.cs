using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Runs.Rollups;

/// <summary>Figures over time for charts: from what is kept, and for the hours that are not counted yet from the runs themselves.</summary>
public sealed class RunHistory(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Days of hours that one look may have.</summary>
    public const int MostDaysByHour = 31;

    /// <summary>Days that one look may have, and as long as they are kept.</summary>
    public const int MostDaysByDay = 400;

    /// <summary>Hours of a single schedule are kept this many days.</summary>
    public const int DaysOfScheduleHours = 8;

    /// <summary>A stretch for each hour or day from that of <paramref name="from"/> to before <paramref name="to"/>, also where nothing ran.</summary>
    /// <param name="kind">Only of this kind; null: of all.</param>
    /// <param name="schedule">Only of this schedule; null: of all.</param>
    public async Task<IReadOnlyList<RunFigures>> ReadAsync(DateTimeOffset from, DateTimeOffset to, RollupStep step, string? kind, Guid? schedule, CancellationToken cancel)
    {
        var figures = new SortedDictionary<DateTimeOffset, RunFigures>();
        for (var at = Floor(from, step); at < to; at += LengthOf(step))
        {
            figures[at] = new RunFigures(at);
        }

        if (figures.Count == 0)
        {
            return [];
        }

        var (begin, end) = (figures.Keys.First(), figures.Keys.Last() + LengthOf(step));
        var counted = await CountedToAsync(cancel);
        if (step == RollupStep.Day)
        {
            var lastDay = Floor(counted, RollupStep.Day);
            await AddKeptAsync(figures, step, RollupStep.Day, begin, Earlier(end, lastDay), kind, schedule, cancel);
            begin = begin > lastDay ? begin : lastDay;
        }

        await AddKeptAsync(figures, step, RollupStep.Hour, begin, Earlier(end, counted), kind, schedule, cancel);
        await AddLiveAsync(figures, step, begin > counted ? begin : counted, Earlier(end, clock.GetUtcNow() + TimeSpan.FromMinutes(1)), kind, schedule, cancel);
        return [.. figures.Values];
    }

    /// <summary>The first instant whose hour is not counted yet; no more than three days back, even if nobody counts.</summary>
    private async Task<DateTimeOffset> CountedToAsync(CancellationToken cancel)
    {
        var first = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-2);
        await using var command = database.CreateCommand("SELECT day, up_to FROM run_rollup_days WHERE day >= $1 ORDER BY day");
        command.Parameters.Add(new NpgsqlParameter { Value = first });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        DateTimeOffset? counted = null;
        while (await reader.ReadAsync(cancel))
        {
            // A gap between days, left by schedulers that were away, ends what can be taken as counted.
            var day = RunPartitions.StartOf(reader.GetFieldValue<DateOnly>(0));
            if (counted is { } before && day != before)
            {
                break;
            }

            counted = reader.GetFieldValue<DateTimeOffset>(1);
        }

        return counted ?? RunPartitions.StartOf(first);
    }

    private async Task AddKeptAsync(
        SortedDictionary<DateTimeOffset, RunFigures> figures, RollupStep step, RollupStep kept, DateTimeOffset from, DateTimeOffset to, string? kind, Guid? schedule, CancellationToken cancel)
    {
        if (from < to)
        {
            await AddAsync(figures, step, RollupSql.Kept, cancel, Text(Words<RollupStep>.Of(kept)), Value(from), Value(to), Text(kind), Value(schedule ?? Guid.Empty));
        }
    }

    private async Task AddLiveAsync(
        SortedDictionary<DateTimeOffset, RunFigures> figures, RollupStep step, DateTimeOffset from, DateTimeOffset to, string? kind, Guid? schedule, CancellationToken cancel)
    {
        if (from < to)
        {
            await AddAsync(figures, step, RollupSql.Live, cancel, Value(RunId.LowestAt(from)), Value(RunId.LowestAt(to)), Text(kind),
                new NpgsqlParameter { Value = (object?)schedule ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        }
    }

    private async Task AddAsync(SortedDictionary<DateTimeOffset, RunFigures> figures, RollupStep step, string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (figures.TryGetValue(Floor(reader.GetFieldValue<DateTimeOffset>(0), step), out var found))
            {
                found.Add(reader);
            }
        }
    }

    internal static DateTimeOffset Floor(DateTimeOffset at, RollupStep step) => new(at.UtcTicks - (at.UtcTicks % LengthOf(step).Ticks), TimeSpan.Zero);

    private static TimeSpan LengthOf(RollupStep step) => step == RollupStep.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Value(object value) => new() { Value = value };
}
