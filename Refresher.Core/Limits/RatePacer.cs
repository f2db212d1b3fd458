using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using StackExchange.Redis;

namespace Refresher.Core.Limits;

/// <summary>
/// Lets runs under a rate begin one after another, in the order of their priority and due time, as their windows allow. A run takes its slots
/// and its permission together; one whose slots have meanwhile gone waits for those, and comes here again.
/// </summary>
internal sealed class RatePacer(
    NpgsqlDataSource database, LimitCatalog catalog, RateWindows windows, LiveSignals signals, RunDispatch dispatch, TimeProvider clock, SchemaGate gate, ILogger<RatePacer> log)
    : Loop(gate, log)
{
    private const int BatchSize = 500;
    private const int LooksBetweenStrays = 10;

    private const string AloneSql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Signal _wake = new();
    private TimeSpan _wait = Longest;
    private int _looks;

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _ = ListenAsync(cancel);
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => _wake.WaitAsync(_wait, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        _wait = Longest;
        var rules = await catalog.CurrentAsync(cancel);
        foreach (var rule in rules.All.Where(rule => rule.Rate is not null))
        {
            try
            {
                while (await PaceAsync(rules, rule, cancel))
                {
                }
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                // Without Redis nothing begins anyway; the next look is soon enough.
                return;
            }
        }

        if (_looks++ % LooksBetweenStrays == 0)
        {
            await ReleaseUnruledAsync(rules, cancel);
        }
    }

    /// <returns>True when there may be more to let go at once.</returns>
    private async Task<bool> PaceAsync(LimitRules rules, LimitRule rule, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IndexPlans.UseAsync(connection, cancel);
        await using (var alone = new NpgsqlCommand(AloneSql, connection) { Parameters = { new() { Value = rule.RateKey } } })
        {
            if (!(bool)(await alone.ExecuteScalarAsync(cancel))!)
            {
                return false;
            }
        }

        var now = clock.GetUtcNow();
        var seen = await LimitGrants.WaitingAsync(connection, rule.RateKey, BatchSize, now, cancel, locked: false);
        if (seen.Count == 0)
        {
            return false;
        }

        // Waited for, not tried: a run that finds its limit busy would be overtaken by the one after it.
        var admission = await Admission.BeginAsync(connection, rules, seen.Select(run => run.Subject), cancel);
        var waiting = await LimitGrants.WaitingAsync(connection, rule.RateKey, BatchSize, now, cancel);
        waiting.RemoveAll(run => !seen.Contains(run));
        var (free, full, held) = await DecideAsync(rules, admission, waiting);
        await admission.SaveAsync(cancel);
        await LimitGrants.LetGoAsync(connection, admission, free, now, cancel);
        await LimitGrants.MoveAsync(connection, full, cancel);
        await transaction.CommitAsync(cancel);
        await dispatch.SendAsync(new Granted(free, Paced: false));
        return !held && waiting.Count == BatchSize;
    }

    private async Task<(QueuedRun[] Free, (Guid, string)[] Full, bool Held)> DecideAsync(LimitRules rules, Admission admission, List<WaitingForLimit> waiting)
    {
        var (free, full, held) = (new List<QueuedRun>(), new List<(Guid, string)>(), false);
        foreach (var group in waiting.GroupBy(run => string.Join(' ', RatesOf(rules, run).Select(window => window.Key))))
        {
            var candidates = group.ToList();
            var (allowed, next) = await TakeAsync(rules, admission, candidates);
            foreach (var run in candidates)
            {
                if (admission.Full(run.Subject) is { } key)
                {
                    full.Add((run.Queued.Id, key));
                }
                else if (allowed == 0)
                {
                    held = true;
                    break;
                }
                else
                {
                    admission.Take(run.Subject);
                    free.Add(run.Queued);
                    allowed--;
                }
            }

            if (next is { } at && at - clock.GetUtcNow() is var wait && wait < _wait)
            {
                _wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            }
        }

        return ([.. free], [.. full], held);
    }

    /// <summary>Asks for permissions only for as many runs as there are slots for: one that is not used is lost.</summary>
    private Task<(int Free, DateTimeOffset? Next)> TakeAsync(LimitRules rules, Admission admission, List<WaitingForLimit> candidates)
    {
        var first = candidates[0];
        var room = rules.Of(first.Subject).Where(limit => limit.Concurrency is not null).Select(limit => admission.Room(limit.Key)).Append(long.MaxValue).Min();
        var wanted = (int)Math.Min(room, candidates.Count);
        return wanted == 0 ? Task.FromResult((0, (DateTimeOffset?)null)) : windows.TakeAsync(RatesOf(rules, first), wanted);
    }

    /// <summary>What waited for a rate that is no more goes on.</summary>
    private async Task ReleaseUnruledAsync(LimitRules rules, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(
            "UPDATE runs SET waiting_for = substr(waiting_for, 6) WHERE waiting_for LIKE 'rate:%' AND finished_at IS NULL AND NOT waiting_for = ANY($1)", connection)
        {
            Parameters = { new() { Value = rules.All.Where(rule => rule.Rate is not null).Select(rule => rule.RateKey).ToArray() } },
        };

        // The sweep finds them waiting for a limit that has room.
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static List<RateWindow> RatesOf(LimitRules rules, WaitingForLimit run) =>
        [.. rules.Of(run.Subject).Where(limit => limit.Rate is not null).Select(limit => new RateWindow(limit.Key, limit.Rate!.Value, limit.Per))];

    private async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in signals.SubscribeAsync([LiveSignal.Limits], cancel))
            {
                _wake.Set();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}
