using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Outbox;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class CheckWriterTests : IAsyncLifetime
{
    private readonly Guid _site = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;
    private NpgsqlDataSource _rows = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "scheduler,worker", ("Worker:Roles", "consumers"));
        _rows = NpgsqlDataSource.Create(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Checks_that_are_told_again_change_nothing()
    {
        var now = TimeProvider.System.GetUtcNow();
        var events = Enumerable.Range(0, 300).Select(i => Checked(now.AddMinutes(-i * 11), (CheckStatus)(i % 4), 10 + i, i % 10 == 9)).ToArray();

        await HandleAsync(events[..200]);
        await HandleAsync(events);
        await HandleAsync(events[50..]);

        Assert.Equal(300, await CountAsync("SELECT count(*) FROM site_checks"));
        await AssertRollupsAgreeAsync();
        var figures = await _engine.Services.GetRequiredService<UptimeQueries>().OfAsync([_site], UptimeWindow.Month, default);
        var month = figures[_site];
        Assert.Equal((300, 30), (month.Checks, month.Maintenance));
        Assert.Equal((double)(month.Up + month.Degraded) / (month.Up + month.Degraded + month.Down), month.Uptime);
        Assert.InRange(month.Percentile(0.5)!.Value, 100, 250);
    }

    [Fact]
    public async Task Every_field_is_kept()
    {
        var at = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcTicks / 10 * 10, TimeSpan.Zero);
        var result = new CheckResult
        {
            Status = CheckStatus.Down,
            Fault = CheckFault.Content,
            Error = "no match\0",
            StatusCode = 200,
            DnsMs = 1.5,
            ConnectMs = 2.5,
            TlsMs = 3.5,
            FirstByteMs = 4.5,
            TransferMs = 5.5,
            TotalMs = 17.5,
            Bytes = 1234,
            Address = "127.0.0.1",
            CertificateExpiresAt = at.AddDays(3),
            Matched = false,
            Body = "<html>",
        };

        await HandleAsync([Told(new CheckRecord(Guid.CreateVersion7(at), _site, at, false, result))]);

        var page = await _engine.WithAsync<CheckQueries, Core.Page<SiteCheck>>(queries => queries.ListAsync(_site, new CheckFilter { Status = CheckStatus.Down, From = at, To = at.AddSeconds(1) }, null, 10, default));
        var row = Assert.Single(page.Items);
        Assert.Equal(
            (at, CheckStatus.Down, CheckFault.Content, "no match\uFFFD", 200, 1.5, 2.5, 3.5, 4.5, 5.5),
            (row.CheckedAt, row.Status, row.Fault, row.Error, row.StatusCode, row.DnsMs, row.ConnectMs, row.TlsMs, row.FirstByteMs, row.TransferMs));
        Assert.Equal((17.5, 1234L, "127.0.0.1", at.AddDays(3), false, "<html>"), (row.TotalMs, row.Bytes, row.Address, row.CertificateExpiresAt, row.Matched, row.Body));
        Assert.True(row.WrittenAt >= at);
    }

    [Fact]
    public async Task A_list_goes_on_where_the_page_before_ended()
    {
        var now = TimeProvider.System.GetUtcNow();
        await HandleAsync([.. Enumerable.Range(0, 25).Select(i => Checked(now.AddSeconds(-i), CheckStatus.Up, i, false))]);

        var seen = new List<double>();
        string? after = null;
        do
        {
            var page = await _engine.WithAsync<CheckQueries, Core.Page<SiteCheck>>(queries =>
                queries.ListAsync(_site, new CheckFilter(), after is null ? null : CheckCursor.Parse(after), 10, default));
            seen.AddRange(page.Items.Select(check => check.TotalMs));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(i => (double)i), seen);
    }

    [Fact]
    public async Task What_is_older_than_the_retention_is_dropped()
    {
        var now = TimeProvider.System.GetUtcNow();

        await HandleAsync([Checked(now.AddDays(-40), CheckStatus.Up, 1, false), Checked(now.AddDays(-20), CheckStatus.Up, 1, false)]);

        Assert.Equal(1, await CountAsync("SELECT count(*) FROM site_checks"));
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM pg_class WHERE relname = 'site_checks_{now.AddDays(-40):yyyyMMdd}'"));
    }

    [Fact]
    public async Task Days_past_the_retention_are_dropped_and_what_was_counted_stays()
    {
        var old = TimeProvider.System.GetUtcNow().AddDays(-45);
        var partitions = _engine.Services.GetRequiredService<CheckPartitions>();
        await partitions.EnsureAsync([old], default);
        await using (var insert = _rows.CreateCommand("INSERT INTO site_rollups (site_id, step, bucket, up, degraded, down, unknown, maintenance, total_sum, total_min, total_max, histogram) VALUES ($1, 'day', $2, 5, 0, 0, 0, 0, 1, 1, 1, '{5}')"))
        {
            insert.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = _site }, new() { Value = CheckPartitions.StartOf(CheckPartitions.DayOf(old)) } });
            await insert.ExecuteNonQueryAsync();
        }

        await using (var site = _rows.CreateCommand("""INSERT INTO sites (id, key, name, "group", tags, description, enabled, spec, interval, failure_threshold, recovery_threshold, created_at, updated_at) VALUES ($1, 'x', 'x', '', '{}', '', true, '{"target": "x"}', '30 seconds', 2, 2, now(), now())"""))
        {
            site.Parameters.Add(new NpgsqlParameter { Value = _site });
            await site.ExecuteNonQueryAsync();
        }

        await using var other = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "worker", ("Worker:Roles", "consumers"));
        await Eventually.SeeAsync(() => partitions.DaysAsync(default), days => !days.Contains(CheckPartitions.DayOf(old)));

        Assert.Equal(1, await CountAsync("SELECT count(*) FROM site_rollups WHERE step = 'day'"));
    }

    [Fact]
    public async Task What_is_no_check_is_poison()
    {
        var broken = new Event(Guid.NewGuid(), Topics.SiteChecks, CheckRecord.EventType, "x", default, null, "{\"id\": 5}"u8.ToArray());

        var poison = await Assert.ThrowsAsync<PoisonEventException>(() => HandleAsync([broken]));

        Assert.Equal(broken.Id, poison.EventId);
    }

    private async Task HandleAsync(Event[] events)
    {
        await using var connection = await _rows.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await _engine.Services.GetRequiredService<CheckWriter>().HandleAsync(events, connection, default);
        await transaction.CommitAsync();
    }

    private async Task AssertRollupsAgreeAsync()
    {
        Assert.Equal(0, await CountAsync("""
            WITH counted AS (
                SELECT site_id, step, date_trunc(step, checked_at, 'UTC') AS bucket, count(*) FILTER (WHERE NOT in_maintenance AND status = 'up') AS up,
                       count(*) FILTER (WHERE NOT in_maintenance AND status = 'degraded') AS degraded, count(*) FILTER (WHERE NOT in_maintenance AND status = 'down') AS down,
                       count(*) FILTER (WHERE NOT in_maintenance AND status = 'unknown') AS unknown, count(*) FILTER (WHERE in_maintenance) AS maintenance,
                       COALESCE(sum(total_ms) FILTER (WHERE NOT in_maintenance AND status IN ('up', 'degraded')), 0) AS total,
                       COALESCE(min(total_ms) FILTER (WHERE NOT in_maintenance AND status IN ('up', 'degraded')), 0) AS least
                FROM site_checks CROSS JOIN (VALUES ('hour'), ('day')) AS steps(step) GROUP BY 1, 2, 3)
            SELECT count(*) FROM counted c FULL JOIN site_rollups r USING (site_id, step, bucket)
            WHERE (c.up, c.degraded, c.down, c.unknown, c.maintenance) IS DISTINCT FROM (r.up, r.degraded, r.down, r.unknown, r.maintenance)
               OR abs(c.total - r.total_sum) > 0.001 OR c.least <> r.total_min OR (SELECT sum(n) FROM unnest(r.histogram) n) <> r.up + r.degraded
            """));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _rows.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private Event Checked(DateTimeOffset at, CheckStatus status, double total, bool inMaintenance)
    {
        var whole = new DateTimeOffset(at.UtcTicks / 10 * 10, TimeSpan.Zero);
        return Told(new CheckRecord(Guid.CreateVersion7(whole), _site, whole, inMaintenance, new CheckResult { Status = status, TotalMs = total }));
    }

    private static Event Told(CheckRecord record) =>
        new(record.Id, Topics.SiteChecks, CheckRecord.EventType, record.SiteId.ToString(), record.CheckedAt, null, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(record, CheckRecordJson.Default.CheckRecord));
}
