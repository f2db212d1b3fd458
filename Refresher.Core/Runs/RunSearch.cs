using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>Ids that a search found, the latest due first.</summary>
/// <param name="Reached">Where it gave up: everything from here on was looked through. Null: it did not.</param>
internal sealed record FoundRuns(List<Guid> Ids, Guid? Reached);

/// <summary>
/// Looks for runs over all partitions within a bounded time. What an index answers, or what is found soon, is one statement. Otherwise it goes
/// back in time in stretches that grow while they are quick and shrink while they are not, so that a look that is cut short still got somewhere.
/// </summary>
public sealed class RunSearch(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Time for one page.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <summary>Time for the attempt to find it all in one statement.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstStretch = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestStretch = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStretch = TimeSpan.FromDays(16);
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);

    /// <param name="after">Only ids before this one; null for the beginning.</param>
    internal async Task<FoundRuns> FindAsync(RunFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        filter = await ResolveAsync(filter, cancel);
        var (low, high) = BoundsOf(filter, after);
        var conditions = RunConditions.Of(filter);
        if (filter.Text is null && await TryAsync(conditions, low, high, limit, AtOnce, cancel) is { } all)
        {
            return new FoundRuns(all, null);
        }

        var (oldest, newest) = await EdgesAsync(low, high, cancel);
        var found = new FoundRuns([], null);
        var (top, stretch) = (newest is { } last && last < high ? Above(last) : high, FirstStretch);
        while (oldest is { } end && top > end && found.Ids.Count < limit)
        {
            var left = Budget - clock.GetElapsedTime(began);
            var bottom = Max(low, RunId.LowestAt(RunId.TimeOf(top) - stretch));
            var asked = clock.GetTimestamp();
            if (left <= TimeSpan.Zero)
            {
                return found with { Reached = top };
            }

            if (await TryAsync(conditions, bottom, top, limit - found.Ids.Count, left / 2, cancel) is not { } ids)
            {
                stretch = Max(stretch / 8, ShortestStretch);
                continue;
            }

            found.Ids.AddRange(ids);
            (top, stretch) = (bottom, Next(stretch, clock.GetElapsedTime(asked)));
        }

        return found;
    }

    /// <summary>Every run that fits, in stretches without a limit of time: for whoever takes them as they come.</summary>
    internal async IAsyncEnumerable<Guid> AllAsync(RunFilter filter, Guid? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        filter = await ResolveAsync(filter, cancel);
        var (low, high) = BoundsOf(filter, after);
        var conditions = RunConditions.Of(filter);
        var (oldest, newest) = await EdgesAsync(low, high, cancel);
        var top = newest is { } last && last < high ? Above(last) : high;
        while (oldest is { } end && top > end)
        {
            var bottom = Max(low, RunId.LowestAt(RunId.TimeOf(top) - TimeSpan.FromDays(1)));
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var command = Command(connection, conditions, bottom, top, null);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                yield return reader.GetGuid(0);
            }

            top = bottom;
        }
    }

    /// <summary>The ids between which to look: due times are the ids' first bits, so they also say which partitions to read.</summary>
    private (Guid Low, Guid High) BoundsOf(RunFilter filter, Guid? after)
    {
        var now = clock.GetUtcNow();
        var from = filter.From ?? (filter.Text is null ? null : (filter.To is { } to && to < now ? to : now) - RunFilter.TextSpan);
        var high = filter.To is { } end ? RunId.LowestAt(end) : Guid.AllBitsSet;
        return (from is { } at ? RunId.LowestAt(at) : Guid.Empty, after is { } last && last < high ? last : high);
    }

    /// <summary>A key becomes the id of the schedule that has it now, for which there is an index.</summary>
    private async Task<RunFilter> ResolveAsync(RunFilter filter, CancellationToken cancel)
    {
        if (filter.ScheduleKey is null)
        {
            return filter;
        }

        await using var command = database.CreateCommand("SELECT id FROM schedules WHERE key = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = filter.ScheduleKey });
        return await command.ExecuteScalarAsync(cancel) is Guid id && filter.ScheduleId is null ? filter with { ScheduleKey = null, ScheduleId = id } : filter;
    }

    private async Task<(Guid? Oldest, Guid? Newest)> EdgesAsync(Guid low, Guid high, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT (SELECT id FROM runs WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 1), (SELECT id FROM runs WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT 1)");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = low }, new() { Value = high } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.IsDBNull(0) ? null : reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    /// <returns>Null when it took longer than <paramref name="time"/>.</returns>
    private async Task<List<Guid>?> TryAsync(RunConditions conditions, Guid low, Guid high, int limit, TimeSpan time, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var milliseconds = Math.Max(1, (int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await using (var timeOut = new NpgsqlCommand($"SET LOCAL statement_timeout = {milliseconds}", connection))
        {
            await timeOut.ExecuteNonQueryAsync(cancel);
        }

        await using var command = Command(connection, conditions, low, high, limit);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var ids = new List<Guid>();
            while (await reader.ReadAsync(cancel))
            {
                ids.Add(reader.GetGuid(0));
            }

            return ids;
        }
        catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.QueryCanceled && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, RunConditions conditions, Guid low, Guid high, int? limit)
    {
        var most = limit is { } number ? " LIMIT " + number.ToString(CultureInfo.InvariantCulture) : "";
        var command = new NpgsqlCommand($"SELECT r.id FROM runs r WHERE r.id >= $1 AND r.id < $2{conditions.Sql} ORDER BY r.id DESC{most}", connection);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = low }, new() { Value = high } });
        conditions.AddTo(command);
        return command;
    }

    private static TimeSpan Next(TimeSpan stretch, TimeSpan took) => took < Quick ? Min(stretch * 2, LongestStretch) : took > 4 * Quick ? Max(stretch / 2, ShortestStretch) : stretch;

    /// <summary>The first id of the millisecond after that of <paramref name="id"/>.</summary>
    private static Guid Above(Guid id) => RunId.LowestAt(RunId.TimeOf(id) + TimeSpan.FromMilliseconds(1));

    private static Guid Max(Guid one, Guid other) => one > other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
