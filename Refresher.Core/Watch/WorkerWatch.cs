using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Core.Watch;

/// <summary>
/// Looks for workers that fell silent without having said goodbye. Over when one of that name is back, or when it has been gone for so long that it must have been removed.
/// Honest caveat: a scheduler knows the workers it has seen itself, so one that dies while no scheduler runs is not missed.
/// </summary>
internal sealed class WorkerWatch(
    NpgsqlDataSource database, NodePresence presence, OutboxWriter outbox, IOptions<WatchOptions> options, TimeProvider clock, SchemaGate gate, ILogger<WorkerWatch> log)
    : ConditionWatch(database, outbox, options, clock, gate, log)
{
    private const string OpenSql = "SELECT subject_id, since FROM open_conditions WHERE condition = $1";

    /// <summary>Workers that were seen, and when last.</summary>
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    protected override string Condition => CoreConditions.WorkerGone;

    protected override async Task<IReadOnlyList<Trouble>?> LookAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        if (await LivingAsync(now) is not { } living)
        {
            return null;
        }

        foreach (var name in living)
        {
            _seen[name] = now;
        }

        var silent = _seen.Where(worker => now - worker.Value > Options.GoneAfter).Select(worker => worker.Key).ToArray();
        foreach (var name in await presence.LeftAsync(silent))
        {
            _seen.Remove(name);
        }

        var gone = silent.Where(_seen.ContainsKey).ToDictionary(name => name, name => _seen[name], StringComparer.Ordinal);

        // Another scheduler may have seen it go; and what is open ends only when it is back, or has been gone for long.
        foreach (var (name, since) in await OpenAsync(connection, cancel))
        {
            if (!living.Contains(name))
            {
                gone.TryAdd(name, since);
            }
        }

        foreach (var (name, since) in gone.Where(worker => now - worker.Value > Options.RemovedAfter).ToArray())
        {
            gone.Remove(name);
            _seen.Remove(name);
        }

        return [.. gone.Select(worker => new Trouble(
            new TroubledSubject(worker.Key, worker.Key, []), now, $"last heard of at {worker.Value.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; it had not said that it stops", "/workers"))];
    }

    /// <summary>Null when Redis does not answer, and for as long after as the living need to say that they are there.</summary>
    private async Task<HashSet<string>?> LivingAsync(DateTimeOffset now)
    {
        try
        {
            return [.. (await presence.ListAsync()).Where(node => node.Worker is not null).Select(node => node.Name)];
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            foreach (var name in _seen.Keys.ToArray())
            {
                _seen[name] = now;
            }

            return null;
        }
    }

    private async Task<List<(string Name, DateTimeOffset Since)>> OpenAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var list = new NpgsqlCommand(OpenSql, connection) { Parameters = { new() { Value = Condition } } };
        await using var row = await list.ExecuteReaderAsync(cancel);
        var open = new List<(string, DateTimeOffset)>();
        while (await row.ReadAsync(cancel))
        {
            open.Add((row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)));
        }

        return open;
    }
}
