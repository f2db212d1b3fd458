using System.Collections.Concurrent;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Data;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>
/// Takes due sites for one worker, with <c>SKIP LOCKED</c>, so that any number of them share the work. The claim moves a site to its next instant in the
/// same statement: each instant is taken once, and one that nobody could take in time is left out.
/// </summary>
internal sealed class CheckClaims(NpgsqlDataSource database, SiteSecrets secrets, TimeProvider clock)
{
    private const string EarliestDueSql = "SELECT min(next_check_at) FROM site_states WHERE claim_id IS NULL";

    private const string TakeSql = """
        SELECT t.site_id, t.next_check_at, s.xmin, s.key, s.name, s."group", s.tags, s.spec, s.interval, s.failure_threshold, s.recovery_threshold, s.recheck
        FROM site_states t JOIN sites s ON s.id = t.site_id
        WHERE t.next_check_at <= $1 AND t.claim_id IS NULL ORDER BY t.next_check_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """;

    private const string ClaimSql = """
        UPDATE site_states t SET claim_id = c.claim_id, claimed_by = $4, next_check_at = c.next_check_at
        FROM unnest($1, $2, $3) AS c(site_id, claim_id, next_check_at) WHERE t.site_id = c.site_id AND t.site_id = ANY($1)
        """;

    private const int MostSpecs = 200_000;

    /// <summary>Parsed and opened specs by site, as long as the site is what it was.</summary>
    private readonly ConcurrentDictionary<Guid, (uint Version, CheckSpec Stored, CheckSpec? Open)> _specs = new();

    /// <summary>When a site will be due that nobody has claimed; <see cref="DateTimeOffset.MaxValue"/> when none will.</summary>
    public async Task<DateTimeOffset> EarliestDueAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await EarliestDue.ReadAsync(connection, EarliestDueSql, cancel);
    }

    /// <summary>Claims what is due until <paramref name="horizon"/>, what has waited longest first.</summary>
    /// <param name="most">At most so many.</param>
    /// <param name="stretch">2 while it is to be checked at every second instant only.</param>
    public async Task<IReadOnlyList<DueSite>> TakeAsync(Guid checker, DateTimeOffset horizon, int most, int stretch, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var due = await ReadAsync(connection, horizon, most, cancel);
        if (due.Count == 0)
        {
            return [];
        }

        var now = clock.GetUtcNow();
        await using var claim = new NpgsqlCommand(ClaimSql, connection)
        {
            Parameters =
            {
                new() { Value = due.ConvertAll(site => site.Site.Id) },
                new() { Value = due.ConvertAll(site => site.ClaimId) },
                new() { Value = due.Select(site => SiteGrid.Next(site.Site.Id, stretch * site.Site.Interval, site.DueAt > now ? site.DueAt : now)).ToArray() },
                new() { Value = checker },
            },
        };
        await claim.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return due;
    }

    /// <summary>Gives back claims whose checks were not begun: they are due when they were.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<DueSite> claimed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            UPDATE site_states t SET claim_id = NULL, claimed_by = NULL, next_check_at = c.due_at
            FROM unnest($1, $2, $3) AS c(site_id, claim_id, due_at) WHERE t.site_id = c.site_id AND t.claim_id = c.claim_id
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = claimed.Select(site => site.Site.Id).ToArray() }, new() { Value = claimed.Select(site => site.ClaimId).ToArray() }, new() { Value = claimed.Select(site => site.DueAt).ToArray() },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Gives back what this worker has claimed and knows nothing of: the answer to a claim was lost.</summary>
    /// <param name="known">The claims that it has in hand.</param>
    public async Task ReleaseOthersAsync(Guid checker, Guid[] known, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "UPDATE site_states SET claim_id = NULL, claimed_by = NULL, next_check_at = LEAST(next_check_at, $3) WHERE claimed_by = $1 AND NOT claim_id = ANY($2)");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = checker }, new() { Value = known }, new() { Value = clock.GetUtcNow() } });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<List<DueSite>> ReadAsync(NpgsqlConnection connection, DateTimeOffset horizon, int most, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(IndexPlans.Sql), new(TakeSql) { Parameters = { new() { Value = horizon }, new() { Value = most } } } },
        };
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        var due = new List<DueSite>();
        while (await row.ReadAsync(cancel))
        {
            due.Add(Read(row));
        }

        return due;
    }

    private DueSite Read(NpgsqlDataReader row)
    {
        var (id, dueAt, version) = (row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<uint>(2));
        if (!_specs.TryGetValue(id, out var spec) || spec.Version != version)
        {
            if (_specs.Count >= MostSpecs)
            {
                _specs.Clear();
            }

            var stored = SpecJson.Read(row.GetString(7));
            _specs[id] = spec = (version, stored, Open(stored));
        }

        var site = new Site
        {
            Id = id,
            Key = row.GetString(3),
            Name = row.GetString(4),
            Group = row.GetString(5),
            Tags = row.GetFieldValue<string[]>(6),
            Spec = spec.Stored,
            Interval = row.GetTimeSpan(8),
            FailureThreshold = row.GetInt32(9),
            RecoveryThreshold = row.GetInt32(10),
            Recheck = row.IsDBNull(11) ? null : row.GetTimeSpan(11),
        };
        return new(Guid.CreateVersion7(dueAt), dueAt, site, spec.Open);
    }

    private CheckSpec? Open(CheckSpec stored)
    {
        try
        {
            return secrets.Open(stored);
        }
        catch (UnreadableSecretException)
        {
            return null;
        }
    }
}
