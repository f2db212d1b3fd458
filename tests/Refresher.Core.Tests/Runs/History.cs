using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

/// <summary>A run of the past, written as if it had happened.</summary>
internal sealed record PastRun(DateTimeOffset DueAt)
{
    public Guid Id { get; init; } = RunId.New(DueAt);

    public string Kind { get; init; } = "echo";

    public RunState State { get; init; } = RunState.Succeeded;

    public RunTrigger Trigger { get; init; } = RunTrigger.Cadence;

    public Guid? ScheduleId { get; init; }

    public string? ScheduleKey { get; init; }

    public string Queue { get; init; } = "default";

    public string? Worker { get; init; } = "w1";

    public string? Reason { get; init; }

    public string? Output { get; init; }

    public string? ProgressText { get; init; }

    public double Late { get; init; } = 0.05;

    public double Blocked { get; init; }

    public double Took { get; init; } = 2;
}

/// <summary>Writes runs of the past.</summary>
internal static class History
{
    public static async Task AddAsync(EngineHost engine, params IReadOnlyCollection<PastRun> runs)
    {
        await engine.Services.GetRequiredService<RunPartitions>().EnsureAsync(runs.Select(run => run.Id), default);
        foreach (var run in runs)
        {
            await using var command = engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
                INSERT INTO runs (id, kind, trigger, state, queue, priority, options, due_at, ready_at, queued_at, started_at, finished_at, attempt, fence, lost, blocked, cancel_requested,
                                  schedule_id, schedule_key, worker, reason, output, progress_text, lease_until)
                VALUES ($1, $2, $3, $4, $5, 2, '{}', $6, $6, $6, $7, $8, 1, 1, 0, $9, false, $10, $11, $12, $13, $14::jsonb, $15, now() + interval '1 hour')
                """);
            var startedAt = run.DueAt.AddSeconds(run.Late);
            foreach (var value in new object?[]
            {
                run.Id, run.Kind, run.Trigger.Word(), run.State.Word(), run.Queue, run.DueAt, run.State is RunState.Skipped or RunState.Queued ? null : startedAt,
                run.State.IsFinal() ? startedAt.AddSeconds(run.Took) : null, run.Blocked, run.ScheduleId, run.ScheduleKey, run.Worker, run.Reason, run.Output, run.ProgressText,
            })
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
            }

            await command.ExecuteNonQueryAsync();
        }
    }

    public static async Task LogAsync(EngineHost engine, Guid run, string message)
    {
        await using var command = engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "INSERT INTO run_logs (run_id, seq, at, attempt, level, message) VALUES ($1, 0, now(), 1, 2, $2)");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = run }, new() { Value = message } });
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<string> ExportAsync(EngineHost engine, RunFilter filter, RunFileFormat format, int most = RunExport.MostRows, Guid? after = null)
    {
        using var stream = new MemoryStream();
        await engine.WithAsync<RunExport, RunFileEnd>(export => export.WriteAsync(filter, after, format, most, stream, default));
        return Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF');
    }
}
