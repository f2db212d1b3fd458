using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;

namespace Refresher.Core.Watch;

/// <summary>A scheduler's loop that looks at what is in trouble now: what is in it begins, what was and is not any more is over. Any number may look at once.</summary>
internal abstract class ConditionWatch(NpgsqlDataSource database, OutboxWriter outbox, IOptions<WatchOptions> options, TimeProvider clock, SchemaGate gate, ILogger log) : Loop(gate, log)
{
    /// <summary>Subjects that may be in the same trouble; past it only the first are told of.</summary>
    private const int Most = 1000;

    protected WatchOptions Options => options.Value;

    protected abstract string Condition { get; }

    /// <summary>Who is in trouble now.</summary>
    /// <returns>Null: it cannot be told at the moment, and nothing changes.</returns>
    protected abstract Task<IReadOnlyList<Trouble>?> LookAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(options.Value.Period, clock, cancel);

    protected sealed override async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LookAsync(connection, now, cancel) is not { } troubles)
        {
            return;
        }

        var open = await OpenConditions.ListAsync(connection, Condition, 10 * Most, cancel);
        var begun = troubles.Where(trouble => !open.Contains(trouble.Subject.Id)).DistinctBy(trouble => trouble.Subject.Id).Take(Most).ToArray();
        var over = open.Except(troubles.Select(trouble => trouble.Subject.Id)).ToArray();
        if (begun.Length == 0 && over.Length == 0)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var told = (await OpenConditions.BeginAsync(connection, Condition, begun, counted: false, cancel)).Select(one => one.Event).ToList();
        told.AddRange(await OpenConditions.EndAsync(connection, Condition, over, now, null, cancel));
        await outbox.AppendAsync(connection, told, cancel);
        await transaction.CommitAsync(cancel);
        await outbox.TellAsync();
    }
}
