using Refresher.Core.Alerts.Channels;
using Refresher.Core.Watch;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

/// <summary>What checks and deliveries do to prove to the watchdog that they go on, and that they stop proving it when they do not.</summary>
public sealed class WatchdogPartsTests
{
    [Fact]
    public async Task Sites_that_nobody_checks_any_more_make_the_watchdog_fall_silent()
    {
        await using var engine = await SiteEngine.StartAsync(1, ("Watchdog:Within", "00:00:12"));
        await engine.SiteAsync("/watched");
        await SeeAsync(engine, "check of a site", isFresh: true, () => Task.CompletedTask);

        // Its instant never comes again, as if every checker hung; a check under way may set it once more.
        var status = await SeeAsync(engine, "check of a site", isFresh: false, () => engine.ExecuteAsync("UPDATE site_states SET next_check_at = 'infinity'"));

        Assert.Contains("no check of a site since ", status.Silence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_nobody_takes_makes_the_watchdog_fall_silent()
    {
        await using var engine = await SiteEngine.StartAsync(1, ("Watchdog:Within", "00:00:12"), ("Worker:Roles", "alerts"));
        await SeeAsync(engine, "round of deliveries", isFresh: true, () => Task.CompletedTask);

        // Whoever would take it changes nothing, as if every sender hung.
        await engine.ExecuteAsync("CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        await engine.ExecuteAsync("CREATE TRIGGER hang BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION hang()");
        var channel = await engine.Worker.WithAsync<ChannelCommands, Guid>(async commands =>
        {
            var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { url = engine.Server.Url + "hook" });
            var made = await commands.CreateAsync(new ChannelInput { Name = "Hook", Kind = "webhook", Settings = settings }, default);
            return made.Value?.Id ?? throw new InvalidOperationException(made.Errors?.ToString());
        });
        await engine.ExecuteAsync("""
            INSERT INTO deliveries (id, change, thread, channel_id, channel_name, channel_kind, notice, subject_id, title, message, state, attempts, ready_at, give_up_at, created_at)
            VALUES (gen_random_uuid(), 'a', 'a', $1, 'Hook', 'webhook', 'begun', 's', 'Site down', '{}', 'pending', 0, now() - interval '2 minutes', now() + interval '1 day', now())
            """, channel);

        var status = await SeeAsync(engine, "round of deliveries", isFresh: false, () => Task.CompletedTask);

        Assert.Contains("no round of deliveries since ", status.Silence, StringComparison.Ordinal);
    }

    private static Task<WatchdogStatus> SeeAsync(SiteEngine engine, string part, bool isFresh, Func<Task> meanwhile) => Eventually.SeeAsync(
        async () =>
        {
            await meanwhile();
            return await engine.Get<WatchdogState>().ReadAsync(default);
        },
        status => status.Parts.Single(one => one.Title == part).IsFresh == isFresh,
        seconds: 120);
}
