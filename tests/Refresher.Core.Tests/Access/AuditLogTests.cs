using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Access;

public sealed class AuditLogTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_done_to_a_schedule_is_kept_with_who_did_it_and_what_changed()
    {
        var id = await AsAsync("ann", async services =>
        {
            var commands = services.GetRequiredService<ScheduleCommands>();
            var schedule = (await commands.CreateAsync(Input("Kept", 1), default)).Value!;
            await commands.UpdateAsync(schedule.Id, Input("Kept well", 2), null, default);
            await commands.SetEnabledAsync(schedule.Id, false, default);
            await commands.SetEnabledAsync(schedule.Id, true, default);
            await commands.RunNowAsync(schedule.Id, JsonElement.Parse("""{"text":"once"}"""), default);
            await commands.DeleteAsync([schedule.Id], default);
            return schedule.Id;
        });

        var entries = await EntriesAsync(id.ToString());

        Assert.Equal(["schedule.delete", "schedule.run", "schedule.resume", "schedule.pause", "schedule.update", "schedule.create"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal(("ann", ActorKind.User, "kept"), (entry.Actor, entry.ActorKind, entry.SubjectName)));
        AssertJson("""{"name":"Kept","cadence":{"every":"00:01:00"}}""", entries[4].Before);
        AssertJson("""{"name":"Kept well","cadence":{"every":"00:02:00"}}""", entries[4].After);
        AssertJson("""{"enabled":true}""", entries[3].Before);
        Assert.Equal("once", JsonNode.Parse(entries[1].After!)!["options"]!["text"]!.GetValue<string>());
        Assert.Null(entries[0].After);
        Assert.Null(entries[5].Before);
    }

    [Fact]
    public async Task What_is_done_to_runs_is_kept_once_for_each_request()
    {
        var made = await AsAsync("bob", async services =>
        {
            var commands = services.GetRequiredService<RunCommands>();
            var ids = (await commands.CreateAsync([.. Enumerable.Repeat(new RunInput { Kind = "echo", DueAt = DateTimeOffset.UtcNow.AddHours(1) }, 100)], default)).Value!;
            await commands.CancelAsync(ids[0], "bob", default);
            await commands.RetryAsync(ids[0], default);
            await commands.CancelAsync(ids[0], "bob", default);
            return ids;
        });

        var entries = await EntriesAsync(made[0].ToString());

        Assert.Equal(["run.retry", "run.cancel", "run.create"], entries.Select(entry => entry.Action));
        Assert.Equal("100 runs", entries[2].SubjectName);
        AssertJson("""{"state":"scheduled"}""", entries[1].Before);
        Assert.Equal(100, JsonNode.Parse(entries[2].After!)!["kinds"]!["echo"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_is_refused_leaves_no_entry()
    {
        await AsAsync("eve", async services =>
        {
            var commands = services.GetRequiredService<ScheduleCommands>();
            var schedule = (await commands.CreateAsync(Input("Mine", 1), default)).Value!;
            Assert.NotNull((await commands.UpdateAsync(schedule.Id, Input("Yours", 1), 1, default)).Conflict);
            Assert.NotNull((await commands.CreateAsync(Input("Mine", 1), default)).Errors);
            return true;
        });

        var entries = await _engine.WithAsync<AuditQueries, Page<AuditEntry>>(audit => audit.ListAsync(new AuditFilter { Actor = "eve" }, null, 50, default));

        Assert.Equal("schedule.create", Assert.Single(entries.Items).Action);
    }

    [Fact]
    public async Task A_change_that_does_not_commit_leaves_no_entry()
    {
        await using var connection = await _engine.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            var entry = await _engine.WithAsync<AuditLog, AuditEntry>(audit => Task.FromResult(audit.Entry("thing.undone", new AuditSubject("thing", "1", "one"), null, null)));
            await AuditLog.WriteAsync(connection, [entry], default);
        }

        Assert.Empty(await EntriesAsync("1"));
    }

    [Fact]
    public async Task A_secret_is_masked_and_a_changed_one_is_told_without_being_shown()
    {
        var id = await AsAsync("ann", async services =>
        {
            var commands = services.GetRequiredService<ScheduleCommands>();
            var schedule = (await commands.CreateAsync(Secret("first-secret"), default)).Value!;
            await commands.UpdateAsync(schedule.Id, Secret("second-secret"), null, default);
            return schedule.Id;
        });

        var entries = await EntriesAsync(id.ToString());

        Assert.All(entries, entry => Assert.DoesNotContain("-secret", entry.Before + entry.After, StringComparison.Ordinal));
        Assert.Contains("(changed)", entries[0].After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_states_are_cut()
    {
        var state = new JsonObject { ["text"] = new string('ä', 5000), ["many"] = new JsonArray([.. Enumerable.Range(0, 500).Select(i => JsonValue.Create(i))]) };
        var huge = new JsonObject([.. Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"field{i}", (JsonNode?)new string('x', 900)))]);

        var entry = await _engine.WithAsync<AuditLog, AuditEntry>(audit => Task.FromResult(audit.Entry("thing.grow", new AuditSubject("thing", "2", "two"), state, huge)));

        Assert.EndsWith("…", JsonNode.Parse(entry.Before!)!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(50, JsonNode.Parse(entry.Before!)!["many"]!.AsArray().Count);
        Assert.InRange(Encoding.UTF8.GetByteCount(entry.After!), 1, AuditedJson.MostBytes);
        Assert.Contains("16 KiB", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_past_a_year_are_deleted_and_younger_ones_stay()
    {
        await _engine.WithAsync<RefresherDb, int>(db =>
        {
            db.AddRange(OldEntry("old", 366), OldEntry("young", 364));
            return db.SaveChangesAsync();
        });

        // A second scheduler begins with a round of its own.
        await using var later = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");

        await Eventually.SeeAsync(() => EntriesAsync("old"), entries => entries.Count == 0);
        Assert.Single(await EntriesAsync("young"));
    }

    private static AuditEntry OldEntry(string subject, int daysAgo)
    {
        var at = DateTimeOffset.UtcNow.AddDays(-daysAgo);
        return new AuditEntry { Id = Guid.CreateVersion7(at), At = at, Actor = "time", Action = "thing.was", SubjectType = "thing", SubjectId = subject, SubjectName = subject };
    }

    private static ScheduleInput Input(string name, int minutes) => new()
    {
        Key = "kept",
        Name = name,
        Kind = "echo",
        Cadence = JsonElement.Parse($$"""{"type":"every","every":"00:0{{minutes}}:00"}"""),
    };

    private static ScheduleInput Secret(string secret) => new()
    {
        Name = "Secret",
        Kind = "http-request",
        Options = JsonElement.Parse($$"""{"url":"https://example.com/","secretHeader":"X-Token: {{secret}}"}"""),
        Cadence = JsonElement.Parse("""{"type":"every","every":"01:00:00"}"""),
    };

    private static void AssertJson(string expected, string? actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual!)), actual);

    private async Task<T> AsAsync<T>(string user, Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = _engine.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Actor>().Become(ActorKind.User, user);
        return await act(scope.ServiceProvider);
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(string subject) =>
        (await _engine.WithAsync<AuditQueries, Page<AuditEntry>>(audit => audit.ListAsync(new AuditFilter { Subject = subject }, null, 50, default))).Items;
}
