using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Tasks.Digest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.Digest;

public sealed class DigestTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TaskCatalog.Kinds);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_digest_tells_what_ran_and_what_failed_and_is_sent_once_for_a_run()
    {
        var posted = 0;
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            Interlocked.Increment(ref posted);
            return Task.CompletedTask;
        });
        await _engine.WithAsync<ChannelCommands, object>(async commands =>
            (await commands.CreateAsync(new ChannelInput { Name = "ops", Kind = "webhook", Settings = JsonElement.Parse($$"""{"url": "{{server.Url}}"}""") }, default)).Value!);
        foreach (var fails in new[] { 0, 9 })
        {
            await _engine.WithAsync<RunCommands, object>(async commands => (await commands.CreateAsync(
                [JsonSerializer.Deserialize<RunInput>($$$"""{"kind": "hello", "options": {"failFirst": {{{fails}}}}, "retry": {"maxAttempts": 1}}""", ScheduleInput.Json)!], default)).Value!);
        }

        await Eventually.SeeAsync(() => _engine.WithAsync<RefresherDb, int>(db => db.Runs.CountAsync(run => run.FinishedAt != null)), count => count == 2);
        var (from, to) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        var clock = _engine.Services.GetRequiredService<TimeProvider>();
        (from, to) = (clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddMinutes(1));

        var message = await _engine.WithAsync<DigestPost, AlertMessage>(post => post.WriteAsync("Digest of the day", from, to, default));
        Assert.Contains("1 of 2 succeeded", message.Tables.Single(table => table.Title == "Runs").Summary, StringComparison.Ordinal);
        Assert.Empty(await _engine.WithAsync<DigestPost, IReadOnlyList<string>>(post => post.SendAsync("run-1", message, ["ops"], default)));
        Assert.Empty(await _engine.WithAsync<DigestPost, IReadOnlyList<string>>(post => post.SendAsync("run-1", message, ["ops"], default)));
        Assert.Equal(["night"], await _engine.WithAsync<DigestPost, IReadOnlyList<string>>(post => post.SendAsync("run-2", message, ["ops", "night"], default)));

        var deliveries = await Eventually.SeeAsync(
            () => _engine.WithAsync<DeliveryQueries, IReadOnlyList<Delivery>>(async all => (await all.ListAsync(new DeliveryFilter { Notice = NoticeKind.Digest }, null, 10, default)).Items),
            all => all is [{ State: DeliveryState.Sent }], 30);
        Assert.Equal((1, "Digest of the day"), (posted, deliveries[0].Title));
    }

    [Fact]
    public async Task A_digest_for_a_channel_that_is_not_there_fails_and_names_it()
    {
        var id = (await _engine.WithAsync<RunCommands, IReadOnlyList<Guid>>(async commands => (await commands.CreateAsync(
            [JsonSerializer.Deserialize<RunInput>("""{"kind": "digest", "options": {"channels": ["nobody"]}}""", ScheduleInput.Json)!], default)).Value!))[0];

        var run = await Eventually.SeeAsync(() => _engine.WithAsync<RunQueries, Run>(async runs => (await runs.FindAsync(id, default))!), seen => seen.State.IsFinal());

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("no channel named 'nobody'", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_needs_a_channel()
    {
        var errors = new FieldErrors();

        JsonInput.Validate(new DigestOptions(), errors);

        Assert.NotEmpty(errors.Of("channels"));
    }
}
