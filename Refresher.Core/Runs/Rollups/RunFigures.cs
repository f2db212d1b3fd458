namespace Refresher.Core.Runs.Rollups;

/// <summary>What the runs due in a stretch of time came to.</summary>
/// <param name="at">When the stretch begins.</param>
public sealed class RunFigures(DateTimeOffset at)
{
    public DateTimeOffset At => at;

    public long Succeeded { get; private set; }

    public long Failed { get; private set; }

    public long Cancelled { get; private set; }

    public long Expired { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>Had not ended when they were counted.</summary>
    public long Unfinished { get; private set; }

    public long Total => Succeeded + Failed + Cancelled + Expired + Skipped + Unfinished;

    /// <summary>Of runs of a cadence that began: lateness less what was blocked.</summary>
    public DurationFigures Lateness { get; } = new();

    /// <summary>Of runs that began and ended.</summary>
    public DurationFigures RunTime { get; } = new();

    /// <summary>Takes a row of <see cref="RollupSql.Columns"/> in.</summary>
    internal void Add(Npgsql.NpgsqlDataReader row)
    {
        Succeeded += row.GetInt32(1);
        Failed += row.GetInt32(2);
        Cancelled += row.GetInt32(3);
        Expired += row.GetInt32(4);
        Skipped += row.GetInt32(5);
        Unfinished += row.GetInt32(6);
        Lateness.Add(row.GetInt32(7), row.GetDouble(8), row.GetDouble(9), row.GetFieldValue<int[]>(10));
        RunTime.Add(row.GetInt32(11), row.GetDouble(12), row.GetDouble(13), row.GetFieldValue<int[]>(14));
    }
}
