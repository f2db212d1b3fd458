using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

/// <summary>A worker that checks sites of a small server, whose answers a test sets by path.</summary>
internal sealed class SiteEngine : IAsyncDisposable
{
    private readonly List<EngineHost> _workers = [];

    public TestDatabase Database { get; private init; } = null!;

    public SiteServer Server { get; private init; } = null!;

    public NpgsqlDataSource Rows { get; private init; } = null!;

    public EngineHost Worker => _workers[0];

    public static async Task<SiteEngine> StartAsync(int workers = 1, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync();
        var engine = new SiteEngine { Database = database, Server = await SiteServer.StartAsync(), Rows = NpgsqlDataSource.Create(database.ConnectionString) };
        for (var i = 0; i < workers; i++)
        {
            engine._workers.Add(await EngineHost.StartAsync(database, TaskCatalog.Kinds, i == 0 ? "scheduler,worker" : "worker", [("SiteMonitor:Lease", "00:00:03"), ("Worker:Roles", "checks"), .. settings]));
        }

        return engine;
    }

    /// <summary>Makes a site that is checked each second, oftener than people may ask for.</summary>
    public async Task<Site> SiteAsync(string path, int failures = 2, int recoveries = 2, string[]? tags = null, TimeSpan? interval = null)
    {
        var check = System.Text.Json.JsonSerializer.SerializeToElement(new { target = new Uri(Server.Url, path).ToString(), timeout = "00:00:02" });
        var input = new SiteInput { Name = path.Trim('/').Replace("://", "-", StringComparison.Ordinal), Check = check, FailureThreshold = failures, RecoveryThreshold = recoveries, Tags = tags, Interval = TimeSpan.FromSeconds(5) };
        var site = await Worker.WithAsync<SiteCommands, Site>(async commands =>
        {
            var made = await commands.CreateAsync(input, default);
            return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
        });
        await ExecuteAsync("UPDATE sites SET interval = $2, recheck = $2 WHERE id = $1", site.Id, interval ?? TimeSpan.FromSeconds(1));
        return site;
    }

    public Task<SiteState> StateAsync(Site site) => Worker.WithAsync<SiteQueries, SiteState>(async queries => (await queries.FindAsync(site.Id, default))!.State!);

    public Task<SiteState> SeeAsync(Site site, Func<SiteState, bool> wanted, double seconds = 60) => Eventually.SeeAsync(() => StateAsync(site), wanted, seconds);

    /// <summary>The checks that were told, in their order.</summary>
    public async Task<List<CheckRecord>> ChecksAsync(Site? site = null)
    {
        var checks = new List<CheckRecord>();
        await using var command = Rows.CreateCommand("SELECT payload FROM outbox WHERE type = 'site.checked' AND ($1 IS NULL OR key = $1) ORDER BY id");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)site?.Id.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            checks.Add(System.Text.Json.JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), CheckRecordJson.Default.CheckRecord)!);
        }

        return checks;
    }

    /// <summary>The changes that were told, in their order.</summary>
    public async Task<List<StateChange>> ChangesAsync(Site site)
    {
        var changes = new List<StateChange>();
        await using var command = Rows.CreateCommand("SELECT payload FROM outbox WHERE type = 'state.changed' AND key = $1 ORDER BY id");
        command.Parameters.Add(new NpgsqlParameter { Value = site.Id.ToString() });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            changes.Add(System.Text.Json.JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), AlertJson.Default.StateChange)!);
        }

        return changes;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Rows.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Rows.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public T Get<T>()
        where T : notnull => Worker.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Enumerable.Reverse(_workers))
        {
            await worker.DisposeAsync();
        }

        await Server.DisposeAsync();
        await Rows.DisposeAsync();
        await Database.DisposeAsync();
    }
}
