using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Web.Tests.Pages;

public sealed class CalendarPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_calendar_is_made_in_the_form_shown_by_month_and_edited()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var made = await browser.SendAsync(
            "/calendars/new", "/calendars/new", ("_handler", "calendar"), ("name", "holidays"), ("timeZone", "Europe/Berlin"), ("rules", "12-24..12-26 # Christmas\r\n\r\nsun\r\n"));
        Assert.EndsWith("/calendars/holidays", made.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var html = await browser.ReadAsync("/calendars/holidays?month=2026-12");
        Site.AssertClean("/calendars/holidays", html);
        Assert.Contains("December 2026", html, StringComparison.Ordinal);
        Assert.Contains("00:00 to 24:00: Christmas: 24 December to 26 December", html, StringComparison.Ordinal);

        using var edited = await browser.SendAsync("/calendars/holidays/edit", "/calendars/holidays/edit", ("_handler", "calendar"), ("timeZone", "UTC"), ("rules", "12-31"));
        Assert.EndsWith("/calendars/holidays", edited.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(["12-31"], (await FindAsync("holidays"))!.Rules);
    }

    [Fact]
    public async Task What_is_wrong_with_a_rule_is_said_beside_it_and_nothing_is_lost()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync("/calendars/new", "/calendars/new", ("_handler", "calendar"), ("name", "wrong"), ("timeZone", "UTC"), ("rules", "sun\nsomeday"));

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("rules[1]", html, StringComparison.Ordinal);
        Assert.Contains("is no weekday", html, StringComparison.Ordinal);
        Assert.Contains("someday", html, StringComparison.Ordinal);
        Assert.Null(await FindAsync("wrong"));
    }

    [Fact]
    public async Task A_calendar_is_ticked_in_a_schedule_and_then_cannot_be_deleted()
    {
        await web.UseAsync(services => services.GetRequiredService<CalendarCommands>().CreateAsync(new CalendarInput { Name = "nights", Rules = ["00:00-24:00"] }, default));
        var schedule = await web.ScheduleAsync("""{"name":"Quiet at night","kind":"hello","calendars":["nights"],"cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync($"/schedules/{schedule.Id}");
        Assert.Contains("/calendars/nights", html, StringComparison.Ordinal);
        Assert.Contains("skipped, blackout", html, StringComparison.Ordinal);
        Assert.Matches("name=\"calendars\" value=\"nights\" checked", await browser.ReadAsync($"/schedules/{schedule.Id}/edit"));
        Assert.Contains("it will be skipped", await browser.ReadAsync($"/schedules/{schedule.Id}/occurrences?show=coming"), StringComparison.Ordinal);

        using var refused = await browser.SendAsync("/calendars/nights", "/calendars/nights/delete", ("return", "/calendars/nights"));
        Assert.Contains("is in use by quiet-at-night", await browser.ReadAsync("/calendars/nights"), StringComparison.Ordinal);
        Assert.NotNull(await FindAsync("nights"));
    }

    private Task<Calendar?> FindAsync(string name) => web.UseAsync(services => services.GetRequiredService<CalendarQueries>().FindAsync(name, default));
}
