using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Tasks.Heartbeats;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.Heartbeats;

public sealed class MissedHeartbeatsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TaskCatalog.Kinds);
        await ListenAsync("now() + interval '1 hour'");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_deadline_that_passes_is_told_once_and_its_end_says_since_when()
    {
        await using var another = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "worker");
        var (id, token) = await MakeAsync("nightly");
        await BeatAsync(token, BeatKind.Success);

        await OverdueAsync(id, "now() - interval '1 second'");
        var down = await SeeAsync(id, HeartbeatState.Down);
        Assert.StartsWith("not heard of since ", down.Reason, StringComparison.Ordinal);
        await BeatAsync(token, BeatKind.Success);
        await OverdueAsync(id, "now() - interval '1 second'");
        await SeeAsync(id, HeartbeatState.Down);

        var told = await ChangesAsync(id);
        Assert.Equal([true, false, true], told.Select(change => change.Active));
        Assert.Equal([told[0].EpisodeId, told[0].EpisodeId], told.Take(2).Select(change => change.EpisodeId));
        Assert.NotEqual(told[0].EpisodeId, told[2].EpisodeId);
        Assert.All(told, change => Assert.Equal(("heartbeat.missed", "nightly", $"/heartbeats/{id}"), (change.Condition, change.SubjectName, change.Path)));
        Assert.Equal(down.Reason, told[0].Reason);
        Assert.Equal(told[0].At, told[1].Since, TimeSpan.FromMilliseconds(1));
        Assert.Equal(down.Since, told[1].Since, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_start_that_is_not_followed_by_an_end_is_missed()
    {
        var (id, token) = await MakeAsync("long");
        await BeatAsync(token, BeatKind.Start);
        Assert.Equal(HeartbeatState.Running, (await FindAsync(id)).State);

        await OverdueAsync(id, "now() - interval '1 second'");

        Assert.EndsWith("and not finished within 00:30:00", (await SeeAsync(id, HeartbeatState.Down)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_what_was_missed_is_no_second_notice()
    {
        var (id, token) = await MakeAsync("both");
        await BeatAsync(token, BeatKind.Success);
        await OverdueAsync(id, "now() - interval '1 second'");
        await SeeAsync(id, HeartbeatState.Down);

        await BeatAsync(token, BeatKind.Fail);

        Assert.Equal("reported failure", (await FindAsync(id)).Reason);
        Assert.Single(await ChangesAsync(id));
    }

    [Fact]
    public async Task Nobody_is_blamed_for_calls_that_could_not_reach_us()
    {
        var ((before, first), (during, second)) = (await MakeAsync("before"), await MakeAsync("during"));
        await BeatAsync(first, BeatKind.Success);
        await BeatAsync(second, BeatKind.Success);

        // No Api since ten minutes ago: what was overdue then is missed, what became so since may only have been unable to tell.
        await ListenAsync("now() - interval '10 minutes'");
        await OverdueAsync(before, "now() - interval '11 minutes'");
        await OverdueAsync(during, "now() - interval '5 minutes'");
        await SeeAsync(before, HeartbeatState.Down);
        Assert.Equal(HeartbeatState.Up, (await FindAsync(during)).State);

        // One is back: it has its grace, which is five minutes, from then on.
        await ListenAsync("now() + interval '1 hour'", "now() - interval '10 minutes'", "now() - interval '4 minutes'");
        var (marker, token) = await MakeAsync("marker");
        await BeatAsync(token, BeatKind.Success);
        await OverdueAsync(marker, "now() - interval '11 minutes'");
        await SeeAsync(marker, HeartbeatState.Down);
        Assert.Equal(HeartbeatState.Up, (await FindAsync(during)).State);

        await ListenAsync("now() + interval '1 hour'", "now() - interval '20 minutes'", "now() - interval '6 minutes'");
        await SeeAsync(during, HeartbeatState.Down);
    }

    [Fact]
    public async Task Where_nobody_was_ever_there_to_be_called_nothing_is_missed()
    {
        await ExecuteAsync("DELETE FROM heartbeat_listening");
        var (id, token) = await MakeAsync("alone");
        await BeatAsync(token, BeatKind.Success);
        await OverdueAsync(id, "now() - interval '1 day'");

        await Task.Delay(TimeSpan.FromSeconds(2.5));

        Assert.Equal(HeartbeatState.Up, (await FindAsync(id)).State);
    }

    [Fact]
    public async Task A_call_whose_transaction_cannot_tell_is_not_kept_either()
    {
        var (id, token) = await MakeAsync("atomic");
        await BeatAsync(token, BeatKind.Success);
        await ExecuteAsync("ALTER TABLE outbox RENAME TO outbox_gone");

        await Assert.ThrowsAsync<PostgresException>(() => BeatAsync(token, BeatKind.Fail));

        await ExecuteAsync("ALTER TABLE outbox_gone RENAME TO outbox");
        Assert.Equal((HeartbeatState.Up, null), ((await FindAsync(id)).State, (await FindAsync(id)).EpisodeId));
        Assert.Single((await _engine.WithAsync((HeartbeatQueries heartbeats) => heartbeats.BeatsAsync(id, null, 10, default))).Items);
    }

    [Fact]
    public async Task Many_calls_at_once_are_all_kept()
    {
        var (id, token) = await MakeAsync("busy");

        await Parallel.ForAsync(0, 200, async (i, _) => await BeatAsync(token, i % 2 == 0 ? BeatKind.Start : BeatKind.Success));

        Assert.Equal(200L, await ScalarAsync($"SELECT count(*) FROM heartbeat_beats WHERE heartbeat_id = '{id}'"));
    }

    [Fact]
    public async Task The_last_thousand_calls_are_kept_and_none_for_longer_than_its_time()
    {
        var ((many, _), (old, _)) = (await MakeAsync("many"), await MakeAsync("old"));
        await using var database = NpgsqlDataSource.Create(_database.ConnectionString);
        await FillAsync(database, many, TimeSpan.FromHours(1), 1200);
        await FillAsync(database, old, BeatRetention.Kept + TimeSpan.FromHours(1), 5);
        await FillAsync(database, old, TimeSpan.FromHours(1), 5);

        await using var another = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "worker");

        await Eventually.SeeAsync(() => ScalarAsync($"SELECT count(*) FROM heartbeat_beats WHERE heartbeat_id = '{many}'"), count => count == BeatRetention.MostBeats);
        await Eventually.SeeAsync(() => ScalarAsync($"SELECT count(*) FROM heartbeat_beats WHERE heartbeat_id = '{old}'"), count => count == 5);
    }

    private static async Task FillAsync(NpgsqlDataSource database, Guid heartbeat, TimeSpan ago, int count)
    {
        var at = TimeProvider.System.GetUtcNow() - ago;
        await using var fill = database.CreateCommand("INSERT INTO heartbeat_beats (id, heartbeat_id, kind, at, is_cut) SELECT id, $2, 'success', $3, false FROM unnest($1) AS id");
        fill.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Enumerable.Range(0, count).Select(i => Guid.CreateVersion7(at.AddMilliseconds(i))).ToArray() }, new() { Value = heartbeat }, new() { Value = at } });
        await fill.ExecuteNonQueryAsync();
    }

    private async Task<(Guid Id, string Token)> MakeAsync(string name)
    {
        var made = await _engine.WithAsync((HeartbeatCommands commands) => commands.CreateAsync(new HeartbeatInput
        {
            Name = name,
            Cadence = JsonElement.Parse("""{"type":"every","every":"01:00:00"}"""),
            MaxRunTime = TimeSpan.FromMinutes(30),
        }, default));
        return (made.Value!.Id, _engine.Services.GetRequiredService<BeatTokens>().Open(made.Value.SealedToken)!);
    }

    private Task<Guid?> BeatAsync(string token, BeatKind kind) =>
        _engine.Services.GetRequiredService<BeatIntake>().TakeAsync(token, new NewBeat(kind, _engine.Services.GetRequiredService<TimeProvider>().GetUtcNow()), default);

    private Task OverdueAsync(Guid id, string since) => ExecuteAsync($"UPDATE heartbeats SET deadline_at = {since} WHERE id = '{id}'");

    private Task ListenAsync(string at, string lost = "NULL", string back = "NULL") => ExecuteAsync(
        $"INSERT INTO heartbeat_listening VALUES (1, {at}, {lost}, {back}) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at, lost_at = EXCLUDED.lost_at, back_at = EXCLUDED.back_at");

    private async Task<Heartbeat> FindAsync(Guid id) => (await _engine.WithAsync((HeartbeatQueries heartbeats) => heartbeats.FindAsync(id, default)))!;

    private Task<Heartbeat> SeeAsync(Guid id, HeartbeatState state) => Eventually.SeeAsync(() => FindAsync(id), heartbeat => heartbeat.State == state);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<List<StateChange>> ChangesAsync(Guid id)
    {
        await using var told = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT payload FROM outbox WHERE key = $1 ORDER BY position");
        told.Parameters.Add(new() { Value = id.ToString() });
        await using var row = await told.ExecuteReaderAsync();
        var changes = new List<StateChange>();
        while (await row.ReadAsync())
        {
            changes.Add(JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), AlertJson.Default.StateChange)!);
        }

        return changes;
    }
}
