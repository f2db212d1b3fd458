using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Refresher.Web.Tests.Pages;

public sealed class EventsPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Consumers_and_dead_letters_are_shown_and_their_buttons_act()
    {
        using var browser = await web.OpenAsAdminAsync();
        Assert.Contains("Nobody reads events yet", await browser.ReadAsync("/events"), StringComparison.Ordinal);
        var letter = Guid.CreateVersion7();
        await using var command = web.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            INSERT INTO event_readers (name, log, topics, seen_at) VALUES ('sorter', 'outbox', ARRAY['refresher.runs'], now());
            INSERT INTO event_positions (reader, bucket, position, moved_at, tries, alone, failing, failing_since) SELECT 'sorter', b, 0, now(), 2, 0, 'a <b>full</b> disk', now() FROM generate_series(0, 15) b;
            INSERT INTO dead_letters (id, consumer, event_id, topic, type, key, at, payload, reason, attempts, set_aside_at)
            VALUES ('{letter}', 'sorter', gen_random_uuid(), 'refresher.runs', 'run.failed', 'k', now(), '<script>alert(1)</script>', 'no such <i>thing</i>', 6, now());
            """);
        await command.ExecuteNonQueryAsync();

        var html = await browser.ReadAsync("/events");
        Site.AssertClean("/events", html);
        Assert.Contains("id=\"consumer-sorter\"", html, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt;full&lt;/b&gt; disk", html, StringComparison.Ordinal);
        Assert.Contains("no such &lt;i&gt;thing&lt;/i&gt;", html, StringComparison.Ordinal);

        using var tried = await browser.SendAsync("/events", $"/events/dead-letters/{letter}/replay", ("return", "/events"));
        Assert.Contains("sorter tries run.failed again", await browser.ReadAsync("/events"), StringComparison.Ordinal);
        using var back = await browser.SendAsync("/events", "/events/consumers/sorter/replay", ("return", "/events"));
        html = await browser.ReadAsync("/events");
        Assert.Contains("sorter reads everything again", html, StringComparison.Ordinal);
        Assert.DoesNotContain("full&lt;/b&gt; disk", html, StringComparison.Ordinal);
        using var gone = await browser.SendAsync("/events", $"/events/dead-letters/{letter}/delete", ("return", "/events"));
        Assert.Contains("Nothing was set aside", await browser.ReadAsync("/events"), StringComparison.Ordinal);
        Assert.Contains("dead-letter.delete", await browser.ReadAsync("/audit"), StringComparison.Ordinal);
    }
}
