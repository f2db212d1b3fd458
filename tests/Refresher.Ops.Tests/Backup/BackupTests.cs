using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Tasks;
using Refresher.Tasks.Backup;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Ops.Tests.Backup;

/// <summary>A backup of a system at work, restored into an empty database, in which everything goes on.</summary>
public sealed class BackupTests(ITestOutputHelper output) : IDisposable
{
    private const int Part = 20;
    private const int LeastParts = 30;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("refresher-backups-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ProgramFact("pg_dump", "pg_restore")]
    public async Task A_backup_taken_under_load_is_of_one_moment_and_the_restored_system_goes_on()
    {
        await using var database = await TestDatabase.CreateAsync();
        List<IReadOnlyList<Guid>> parts;
        string file;
        await using (var system = await StartAsync(database))
        {
            using var enough = new CancellationTokenSource();
            var load = LoadAsync(system, enough.Token);
            var first = await BackUpAsync(system, database, keep: 2);
            var second = await BackUpAsync(system, database, keep: 1);
            await enough.CancelAsync();
            parts = await load;

            output.WriteLine($"{second}");
            file = second.GetProperty("file").GetString()!;
            Assert.Equal(file, Assert.Single(_folder.GetFiles("*.dump")).Name);
            Assert.Equal(first.GetProperty("file").GetString(), second.GetProperty("deleted")[0].GetString());
        }

        await using var restored = await RestoreAsync(file);
        var there = await IdsAsync(restored, "SELECT id FROM runs WHERE kind = 'hello'");
        var whole = parts.TakeWhile(part => part.All(there.Contains)).Count();
        output.WriteLine($"{parts.Count} parts posted, {whole} of them in the backup");
        Assert.Equal(whole * Part, there.Count);
        Assert.InRange(whole, 1, parts.Count);

        await using var again = await StartAsync(restored);
        await Eventually.SeeAsync(() => CountAsync(restored, "SELECT count(*) FROM runs WHERE kind = 'hello' AND finished_at IS NULL"), left => left == 0, seconds: 240);
        Assert.Equal(there.Count, await CountAsync(restored, "SELECT count(*) FROM runs WHERE kind = 'hello' AND state = 'succeeded'"));
    }

    [ProgramFact("pg_dump", "pg_restore")]
    public async Task Every_table_has_as_many_rows_after_a_restore_as_before()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var system = await StartAsync(database))
        {
            await PostAsync(system);
            await Eventually.SeeAsync(() => CountAsync(database, "SELECT count(*) FROM runs WHERE finished_at IS NULL"), left => left == 0, seconds: 180);
        }

        var outcome = await TaskOf(database).RunAsync(new BackupOptions(), new RunHarness(), CancellationToken.None);
        Assert.IsType<RunOutcome.SuccessOutcome>(outcome);

        await using var restored = await RestoreAsync(_folder.GetFiles("*.dump").Single().Name);
        var (before, after) = (await CountsAsync(database), await CountsAsync(restored));
        Assert.NotEmpty(before);
        Assert.Equal(before, after);
    }

    [ProgramFact("pg_dump", "pg_restore")]
    public async Task A_restore_writes_over_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ScalarAsync(database, "CREATE TABLE precious (id int)");
        await TaskOf(database).RunAsync(new BackupOptions(), new RunHarness(), CancellationToken.None);

        Assert.Equal(1, await Restore.RunAsync(Configuration(database), _folder.GetFiles("*.dump").Single().FullName));
        Assert.Equal(1, await Restore.RunAsync(Configuration(database), Path.Combine(_folder.FullName, "none.dump")));
    }

    [ProgramFact("pg_dump", "pg_restore")]
    public async Task A_backup_of_nothing_is_none()
    {
        await using var database = await TestDatabase.CreateAsync();

        var outcome = await TaskOf(database).RunAsync(new BackupOptions(), new RunHarness(), CancellationToken.None);

        Assert.Contains("no table in it", ReasonOf(outcome), StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles("*.dump"));
    }

    [Fact]
    public async Task Without_a_folder_or_a_program_the_run_fails_and_says_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync();

        var folderless = await TaskOf(database, new BackupSettings()).RunAsync(new BackupOptions(), new RunHarness(), CancellationToken.None);
        var without = await TaskOf(database, new BackupSettings { Folder = _folder.FullName, PgDump = "/no/such/pg_dump" }).RunAsync(new BackupOptions(), new RunHarness(), CancellationToken.None);

        Assert.Contains("Backup:Folder is not set", ReasonOf(folderless), StringComparison.Ordinal);
        Assert.Contains("Install PostgreSQL's client programs", ReasonOf(without), StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync(TestDatabase database) => EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler,worker", ("Backup:Folder", _folder.FullName));

    private BackupTask TaskOf(TestDatabase database, BackupSettings? settings = null) =>
        new(Microsoft.Extensions.Options.Options.Create(settings ?? new BackupSettings { Folder = _folder.FullName }), Configuration(database));

    private static IConfiguration Configuration(TestDatabase database) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:refresher", (string?)database.ConnectionString)]).Build();

    private static string ReasonOf(RunOutcome outcome) => Assert.IsType<RunOutcome.FailureOutcome>(outcome).Reason;

    private async Task<TestDatabase> RestoreAsync(string file)
    {
        var empty = await TestDatabase.CreateAsync();
        Assert.Equal(0, await Restore.RunAsync(Configuration(empty), Path.Combine(_folder.FullName, file)));
        return empty;
    }

    /// <summary>Posts parts of runs, each in one transaction, until it is told that this is enough.</summary>
    private static async Task<List<IReadOnlyList<Guid>>> LoadAsync(EngineHost system, CancellationToken enough)
    {
        List<IReadOnlyList<Guid>> parts = [];
        while (!enough.IsCancellationRequested || parts.Count < LeastParts)
        {
            parts.Add(await PostAsync(system));
            await Task.Delay(20, CancellationToken.None);
        }

        return parts;
    }

    private static async Task<IReadOnlyList<Guid>> PostAsync(EngineHost system)
    {
        RunInput[] part = [.. Enumerable.Range(0, Part).Select(_ => new RunInput { Kind = "hello" })];
        return (await system.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync(part, CancellationToken.None))).Value!;
    }

    /// <summary>A backup as a schedule would have one made: a run, and its output.</summary>
    private static async Task<JsonElement> BackUpAsync(EngineHost system, TestDatabase database, int keep)
    {
        var input = new RunInput { Kind = "backup", Options = JsonSerializer.SerializeToElement(new { keep }) };
        var id = (await system.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([input], CancellationToken.None))).Value![0];
        var ended = await Eventually.SeeAsync(() => TextAsync(database, $"SELECT state || ':' || coalesce(output::text, reason) FROM runs WHERE id = '{id}' AND finished_at IS NOT NULL"), text => text is not null, seconds: 240);
        Assert.StartsWith("succeeded:", ended, StringComparison.Ordinal);
        return JsonDocument.Parse(ended!["succeeded:".Length..]).RootElement;
    }

    private static async Task<SortedDictionary<string, long>> CountsAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        List<string> tables = [];
        await using (var list = source.CreateCommand("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            counts[table] = await CountAsync(database, $"SELECT count(*) FROM {table}");
        }

        return counts;
    }

    private static async Task<HashSet<Guid>> IdsAsync(TestDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        HashSet<Guid> ids = [];
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql) => (long)(await ScalarAsync(database, sql))!;

    private static async Task<string?> TextAsync(TestDatabase database, string sql) => await ScalarAsync(database, sql) as string;

    private static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
