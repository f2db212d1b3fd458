using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Access;

public sealed class OptionSecretsTests : IAsyncLifetime
{
    private const string Secret = "s3cret-Ωmega\"quoted";

    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_secret_reaches_its_task_and_stands_in_no_table_log_reason_or_output()
    {
        var schedule = await CreateAsync("leak", new { secret = Secret, say = "telling" });
        var first = await RunNowAsync(schedule.Id, null);
        var again = await _engine.WithAsync<RunCommands, Run>(async commands => (await commands.RetryAsync((await EndedAsync(first)).Id, default)).Value!);
        var failed = await RunNowAsync(schedule.Id, new { secret = SecretOptions.Mask, say = "failing", fails = true });
        var threw = await PostAsync("leak", new { secret = Secret, throws = true });

        Assert.Equal($$"""{"echo": "it is {{SecretOptions.Mask}}", "list": ["{{SecretOptions.Mask}}"], "length": {{Secret.Length}}}""", (await EndedAsync(first)).Output);
        Assert.Equal(RunState.Succeeded, (await EndedAsync(again.Id)).State);
        Assert.Equal($"failing with {SecretOptions.Mask}", (await EndedAsync(failed)).Reason);
        Assert.Contains(SecretOptions.Mask, (await EndedAsync(threw)).Reason, StringComparison.Ordinal);
        var lines = await _engine.WithAsync<RunQueries, List<RunLogLine>>(q => q.LogsAsync(first, -1, default, 10, default));
        Assert.Equal($"telling {SecretOptions.Mask}", Assert.Single(lines).Message);
        Assert.Equal($"with {SecretOptions.Mask}", (await EndedAsync(first)).ProgressText);
        Assert.DoesNotContain("s3cret", await DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saving_the_mask_or_the_same_secret_again_keeps_what_is_stored_and_another_one_replaces_it()
    {
        var schedule = await CreateAsync("leak", new { secret = Secret });
        var stored = StoredSecret(schedule);

        Assert.Equal(stored, StoredSecret(await UpdateAsync(schedule.Id, new { secret = SecretOptions.Mask, say = "x" })));
        Assert.Equal(stored, StoredSecret(await UpdateAsync(schedule.Id, new { secret = Secret })));
        Assert.Equal(stored, StoredSecret(await UpdateAsync(schedule.Id, new { SECRET = SecretOptions.Mask })));
        Assert.NotEqual(stored, StoredSecret(await UpdateAsync(schedule.Id, new { secret = "another one" })));
        Assert.Null(StoredSecret(await UpdateAsync(schedule.Id, new { say = "none" })));
    }

    [Fact]
    public async Task A_mask_with_nothing_behind_it_is_refused_by_name()
    {
        var made = await _engine.WithAsync<ScheduleCommands, Result<Schedule>>(commands => commands.CreateAsync(Input("leak", new { secret = SecretOptions.Mask }), default));

        Assert.Contains("give the secret itself", Assert.Single(made.Errors!.Of("options.secret")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_secret_from_before_is_used_as_it_is_and_sealed_when_it_is_written_next()
    {
        var schedule = await CreateAsync("leak", new { secret = "to be replaced" });
        await ExecuteAsync($$"""UPDATE schedules SET options = '{"secret": "plain-from-before", "say": "x"}' WHERE id = '{{schedule.Id}}'""");

        var run = await EndedAsync(await RunNowAsync(schedule.Id, null));

        Assert.Contains("\"length\": 17", run.Output, StringComparison.Ordinal);
        Assert.StartsWith(OptionSecrets.Prefix, (string?)JsonNode.Parse(run.Options)!["secret"], StringComparison.Ordinal);
        await UpdateAsync(schedule.Id, new { secret = SecretOptions.Mask });
        Assert.DoesNotContain("plain-from-before", await DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_whose_key_is_gone_fails_its_run_with_what_to_do_and_nothing_else()
    {
        var schedule = await CreateAsync("leak", new { secret = Secret });
        await _engine.DisposeAsync();
        await using (var source = NpgsqlDataSource.Create(_database.ConnectionString))
        {
            await using var command = source.CreateCommand("DELETE FROM data_protection_keys");
            await command.ExecuteNonQueryAsync();
        }

        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog);

        var run = await EndedAsync(await RunNowAsync(schedule.Id, null));
        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("'secret' cannot be read", run.Reason, StringComparison.Ordinal);
        Assert.Contains("Enter the secret again", run.Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await EndedAsync(await PostAsync("echo", new { text = "fine" }))).State);
        Assert.Equal(StoredSecret(schedule), StoredSecret(await UpdateAsync(schedule.Id, new { secret = SecretOptions.Mask, say = "renamed" })));
        await UpdateAsync(schedule.Id, new { secret = "entered again" });
        Assert.Equal(RunState.Succeeded, (await EndedAsync(await RunNowAsync(schedule.Id, null))).State);
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_a_new_database_share_one_key()
    {
        await using var second = await EngineHost.StartAsync(_database, TestKinds.Catalog, "");
        await using var third = await EngineHost.StartAsync(_database, TestKinds.Catalog, "");
        var kind = TestKinds.Catalog.Find("leak")!;

        var texts = await Task.WhenAll(new[] { _engine, second, third }.Select(host => Task.Run(() => host.Services.GetRequiredService<OptionSecrets>().Seal(kind, """{"secret": "of all"}"""))));

        Assert.All(texts, text => Assert.Contains("of all", third.Services.GetRequiredService<OptionSecrets>().Open(kind, text).Options, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Contains("of all", _engine.Services.GetRequiredService<OptionSecrets>().Open(kind, text).Options, StringComparison.Ordinal));
        Assert.Single(await RowsAsync("SELECT xml FROM data_protection_keys"));
    }

    private static string? StoredSecret(Schedule schedule) => (string?)JsonNode.Parse(schedule.Options)!["secret"];

    private static ScheduleInput Input(string kind, object options) => new()
    {
        Name = "Secret " + kind,
        Kind = kind,
        Options = JsonSerializer.SerializeToElement(options),
        Cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "01:00:00" }),
    };

    private Task<Schedule> CreateAsync(string kind, object options) =>
        _engine.WithAsync<ScheduleCommands, Schedule>(async commands => Done(await commands.CreateAsync(Input(kind, options), default)));

    private Task<Schedule> UpdateAsync(Guid id, object options) =>
        _engine.WithAsync<ScheduleCommands, Schedule>(async commands => Done(await commands.UpdateAsync(id, Input("leak", options), null, default)));

    private Task<Guid> RunNowAsync(Guid id, object? options) => _engine.WithAsync<ScheduleCommands, Guid>(async commands =>
        Done(await commands.RunNowAsync(id, options is null ? null : JsonSerializer.SerializeToElement(options), default)).Id);

    private Task<Guid> PostAsync(string kind, object options) => _engine.WithAsync<RunCommands, Guid>(async commands =>
        Done(await commands.CreateAsync([new RunInput { Kind = kind, Options = JsonSerializer.SerializeToElement(options) }], default))[0]);

    private static T Done<T>(Result<T> result)
        where T : class => result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());

    private Task<Run> EndedAsync(Guid id) =>
        Eventually.SeeAsync(async () => (await _engine.WithAsync<RunQueries, Run?>(q => q.FindAsync(id, default)))!, run => run.State.IsFinal());

    /// <summary>Every row of every table, as text.</summary>
    private async Task<string> DumpAsync()
    {
        var tables = await RowsAsync("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'");
        var rows = new List<string>();
        foreach (var table in tables)
        {
            rows.AddRange(await RowsAsync($"SELECT t::text FROM {table} t"));
        }

        return string.Join('\n', rows);
    }

    private async Task<List<string>> RowsAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
