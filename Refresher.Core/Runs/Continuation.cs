using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Refresher.Core.Contract;

namespace Refresher.Core.Runs;

/// <summary>After which end a run is followed.</summary>
public enum ContinueOn
{
    Success,

    /// <summary>Failed, cancelled or expired.</summary>
    Failure,

    Always,
}

/// <summary>What follows a run: another schedule's task with that schedule's options and policies, or a task with options of its own.</summary>
public sealed record Continuation
{
    public ContinueOn On { get; init; }

    /// <summary>The key of the schedule to run; null when <see cref="Kind"/> says what to run.</summary>
    public string? Schedule { get; init; }

    public string? Kind { get; init; }

    /// <summary>Options of <see cref="Kind"/>, as they are stored.</summary>
    public JsonNode? Options { get; init; }

    /// <summary>What follows the following run in turn; only with <see cref="Kind"/>, since a schedule says it itself.</summary>
    public IReadOnlyList<Continuation>? ContinueWith { get; init; }

    internal bool Follows(RunState ended) => On switch
    {
        ContinueOn.Always => ended != RunState.Skipped,
        ContinueOn.Success => ended == RunState.Succeeded,
        _ => ended is RunState.Failed or RunState.Cancelled or RunState.Expired,
    };
}

/// <summary>Writes the runs that follow, in the transaction that ends the one before: none is lost and none is made twice.</summary>
internal static class Continuations
{
    private const string ScheduleSql = """
        SELECT key, id, kind, options, queue, priority, enabled, retry, timeout, on_lost, concurrency_key, continue_with, late_after, long_after FROM schedules WHERE key = ANY($1)
        """;

    /// <returns>True when there is a run that is ready.</returns>
    public static async Task<bool> FollowAsync(NpgsqlConnection connection, IEnumerable<EndedRun> ended, RunPartitions partitions, DateTimeOffset now, CancellationToken cancel)
    {
        var next = ended.Where(run => run.Policies?.ContinueWith is not null && run.State.IsFinal())
            .SelectMany(run => run.Policies!.ContinueWith!.Where(c => c.Follows(run.State)).Select(c => (Run: run, Continuation: c))).ToArray();
        if (next.Length == 0)
        {
            return false;
        }

        var schedules = await SchedulesAsync(connection, [.. next.Select(n => n.Continuation.Schedule).OfType<string>().Distinct()], cancel);
        var runs = next.Select(n => n.Continuation.Schedule is { } key ? schedules.GetValueOrDefault(key) : OfKind(n.Continuation))
            .Zip(next, (template, n) => template is null ? null : Of(template, n.Run, now)).OfType<NewRun>().ToArray();

        // Usually there for long: a run that ends now is followed by one that is due now.
        await partitions.EnsureAsync(runs.Select(run => run.Id), cancel);
        await RunInserts.InsertAsync(connection, runs, now, cancel);
        return runs.Any(run => run.State == RunState.Scheduled);
    }

    private static NewRun OfKind(Continuation continuation) => new()
    {
        Id = Guid.Empty,
        Kind = continuation.Kind!,
        Trigger = RunTrigger.Chain,
        State = RunState.Scheduled,
        Options = continuation.Options?.ToJsonString() ?? "{}",
        Policies = new RunPolicies { ContinueWith = continuation.ContinueWith },
        DueAt = default,
    };

    private static NewRun Of(NewRun template, EndedRun before, DateTimeOffset now)
    {
        var depth = before.Policies!.Depth + 1;
        return template with
        {
            Id = RunId.New(now),
            DueAt = now,
            ParentId = before.Id,
            TraceParent = before.TraceParent,
            Policies = template.Policies with { Depth = depth },
            State = depth > PlatformDefaults.ChainLimit ? RunState.Skipped : template.State,
            Reason = depth > PlatformDefaults.ChainLimit ? $"chain: {PlatformDefaults.ChainLimit} runs have followed one another already; does one of them come back to the first?" : template.Reason,
        };
    }

    private static async Task<Dictionary<string, NewRun>> SchedulesAsync(NpgsqlConnection connection, string[] keys, CancellationToken cancel)
    {
        var found = new Dictionary<string, NewRun>(StringComparer.Ordinal);
        if (keys.Length == 0)
        {
            return found;
        }

        await using var command = new NpgsqlCommand(ScheduleSql, connection) { Parameters = { new() { Value = keys } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var enabled = row.GetBoolean(6);
            found[row.GetString(0)] = new NewRun
            {
                Id = Guid.Empty,
                ScheduleKey = row.GetString(0),
                ScheduleId = row.GetGuid(1),
                Kind = row.GetString(2),
                Trigger = RunTrigger.Chain,
                State = enabled ? RunState.Scheduled : RunState.Skipped,
                Reason = enabled ? null : "paused: the schedule that should have followed is paused",
                Options = row.GetString(3),
                Queue = row.GetString(4),
                Priority = row.GetInt16(5),
                ConcurrencyKey = row.IsDBNull(10) ? null : row.GetString(10),
                Policies = new RunPolicies
                {
                    Retry = row.IsDBNull(7) ? null : JsonSerializer.Deserialize<RetryPolicy>(row.GetString(7), JsonSerializerOptions.Web),
                    Timeout = row.IsDBNull(8) ? null : row.GetTimeSpan(8),
                    OnLost = row.IsDBNull(9) ? null : Words<OnLost>.Parse(row.GetString(9)),
                    LateAfter = row.IsDBNull(12) ? null : row.GetTimeSpan(12),
                    LongAfter = row.IsDBNull(13) ? null : row.GetTimeSpan(13),
                    ContinueWith = row.IsDBNull(11) ? null : RunPolicies.ReadContinuations(row.GetString(11)),
                },
                DueAt = default,
            };
        }

        return found;
    }
}
