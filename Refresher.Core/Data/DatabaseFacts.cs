using Npgsql;

namespace Refresher.Core.Data;

/// <summary>What PostgreSQL says about itself and this database.</summary>
/// <param name="Size">Bytes on the disk.</param>
/// <param name="CacheHits">The part of the pages that were found in its memory, 0 to 1; null before any was read.</param>
public sealed record DatabaseFacts(string Version, long Size, int Connections, int MostConnections, double? CacheHits, TimeSpan? OldestTransaction)
{
    /// <summary>The largest ones, the largest first.</summary>
    public required IReadOnlyList<TableFacts> Tables { get; init; }

    public required SlowQueries Slow { get; init; }
}

/// <summary>A table with all its parts and indexes.</summary>
/// <param name="Parts">1 for a table that is not partitioned.</param>
/// <param name="Rows">As the planner believes.</param>
/// <param name="Dead">Rows that wait to be cleared away.</param>
public sealed record TableFacts(string Name, long Parts, long Size, long Rows, long Dead);

/// <summary>What takes the longest.</summary>
/// <param name="AreCounted">True: from <c>pg_stat_statements</c>, since it was last reset. False: what goes on just now for more than a second.</param>
public sealed record SlowQueries(bool AreCounted, IReadOnlyList<SlowQuery> Queries);

/// <param name="Text">The statement without its values, cut.</param>
/// <param name="Calls">How often; null for one that goes on.</param>
/// <param name="Mean">Of a call, or how long it has gone on.</param>
/// <param name="Total">Of all calls; null for one that goes on.</param>
public sealed record SlowQuery(string Text, long? Calls, TimeSpan Mean, TimeSpan? Total);

/// <summary>Asks PostgreSQL how it is, in a handful of reads of its catalogs.</summary>
public sealed class DatabaseInfo(NpgsqlDataSource database)
{
    private const int MostTables = 10;
    private const int MostQueries = 8;
    private const int LongestText = 300;

    /// <summary>Statements with data alone: others, such as <c>ALTER ROLE</c>, may hold what nobody should read.</summary>
    private const string WithData = "query ~* '^\\s*(select|insert|update|delete|with|copy|merge)\\y'";

    private const string FactsSql = """
        SELECT current_setting('server_version'), pg_database_size(current_database()), s.numbackends, current_setting('max_connections')::int,
               s.blks_hit::float8 / NULLIF(s.blks_hit + s.blks_read, 0),
               (SELECT max(clock_timestamp() - xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())
        FROM pg_stat_database s WHERE s.datname = current_database()
        """;

    private const string TablesSql = """
        SELECT COALESCE(i.inhparent, c.oid)::regclass::text, count(*), sum(pg_total_relation_size(c.oid))::bigint, sum(GREATEST(c.reltuples, 0))::bigint, COALESCE(sum(pg_stat_get_dead_tuples(c.oid)), 0)::bigint
        FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 3 DESC LIMIT $1
        """;

    private const string CountedSql = $"""
        SELECT left(regexp_replace(query, '\s+', ' ', 'g'), $2), calls, mean_exec_time, total_exec_time FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND {WithData} ORDER BY total_exec_time DESC LIMIT $1
        """;

    private const string RunningSql = $"""
        SELECT left(regexp_replace(query, '\s+', ' ', 'g'), $2), extract(epoch FROM clock_timestamp() - query_start)::float8 * 1000 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query_start < clock_timestamp() - interval '1 second' AND {WithData} ORDER BY query_start LIMIT $1
        """;

    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public async Task<DatabaseFacts> ReadAsync(CancellationToken cancel)
    {
        var facts = await ReadAsync(FactsSql, row => new DatabaseFacts(
            row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3), row.IsDBNull(4) ? null : row.GetDouble(4), row.IsDBNull(5) ? null : row.GetTimeSpan(5))
        {
            Tables = [],
            Slow = new SlowQueries(false, []),
        }, cancel);
        return facts.Single() with
        {
            Tables = await ReadAsync(TablesSql, row => new TableFacts(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), cancel, MostTables),
            Slow = await SlowAsync(cancel),
        };
    }

    private async Task<SlowQueries> SlowAsync(CancellationToken cancel)
    {
        try
        {
            return new SlowQueries(true, await ReadAsync(
                CountedSql, row => new SlowQuery(row.GetString(0), row.GetInt64(1), TimeSpan.FromMilliseconds(row.GetDouble(2)), TimeSpan.FromMilliseconds(row.GetDouble(3))), cancel, MostQueries, LongestText));
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Not installed, not loaded, or not for us.
            return new SlowQueries(false, await ReadAsync(RunningSql, row => new SlowQuery(row.GetString(0), null, TimeSpan.FromMilliseconds(row.GetDouble(1)), null), cancel, MostQueries, LongestText));
        }
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await row.ReadAsync(cancel))
        {
            rows.Add(read(row));
        }

        return rows;
    }
}
