using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;

namespace Refresher.Core.Runs;

/// <summary>A filter as SQL on <c>runs r</c> whose ids lie from $1 to before $2.</summary>
internal sealed class RunConditions
{
    /// <summary>Parameters that are there before ours.</summary>
    private const int Before = 2;

    /// <summary>What the index of unfinished runs has.</summary>
    private static readonly RunState[] Unfinished = [.. Enum.GetValues<RunState>().Where(state => !state.IsFinal())];

    private readonly List<(object Value, NpgsqlDbType Type)> _values = [];

    private RunConditions()
    {
    }

    /// <summary>Begins with <c>AND</c>, or is empty.</summary>
    public string Sql { get; private set; } = "";

    public static RunConditions Of(RunFilter filter)
    {
        var conditions = new RunConditions();
        conditions.Add("r.kind = {0}", filter.Kind, NpgsqlDbType.Text);
        conditions.Add("r.schedule_id = {0}", filter.ScheduleId, NpgsqlDbType.Uuid);
        conditions.Add("r.schedule_key = {0}", filter.ScheduleKey, NpgsqlDbType.Text);
        conditions.Add("r.schedule_id IN (SELECT s.id FROM schedules s WHERE s.tags @> ARRAY[{0}])", filter.Tag, NpgsqlDbType.Text);
        conditions.Add("r.trigger = {0}", filter.Trigger?.Word(), NpgsqlDbType.Text);
        conditions.Add("r.worker = {0}", filter.Worker, NpgsqlDbType.Text);
        conditions.Add("r.queue = {0}", filter.Queue, NpgsqlDbType.Text);
        conditions.Add("r.started_at - r.due_at > {0} + r.blocked * interval '1 second'", filter.Late, NpgsqlDbType.Interval);
        conditions.AddStates(filter.States);
        conditions.AddText(filter);
        return conditions;
    }

    public void AddTo(NpgsqlCommand command)
    {
        foreach (var (value, type) in _values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        }
    }

    private void AddStates(IReadOnlyCollection<RunState> states)
    {
        if (states.Count == 0)
        {
            return;
        }

        Add("r.state = ANY({0})", states.Select(state => state.Word()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

        // Said so that the planner sees that the partial index has all of them.
        Sql += states.All(Unfinished.Contains) ? " AND r.finished_at IS NULL" : "";
    }

    private void AddText(RunFilter filter)
    {
        if (filter.Text is not { Length: > 0 } text)
        {
            return;
        }

        var inLog = filter.InLog ? " OR r.id IN (SELECT l.run_id FROM run_logs l WHERE l.run_id >= $1 AND l.run_id < $2 AND l.message ILIKE {0})" : "";
        Add($"(r.reason ILIKE {{0}} OR r.schedule_key ILIKE {{0}} OR r.progress_text ILIKE {{0}} OR r.output::text ILIKE {{0}}{inLog})", LikePattern.Containing(text), NpgsqlDbType.Text);
    }

    private void Add(string condition, object? value, NpgsqlDbType type)
    {
        if (value is not null)
        {
            _values.Add((value, type));
            Sql += " AND " + condition.Replace("{0}", "$" + (Before + _values.Count), StringComparison.Ordinal);
        }
    }
}
