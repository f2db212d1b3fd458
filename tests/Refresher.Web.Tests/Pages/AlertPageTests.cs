using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Testing;

namespace Refresher.Web.Tests.Pages;

public sealed class AlertPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string New = "/alerts/channels/new?kind=webhook", NewRule = "/alerts/rules/new";

    [Fact]
    public async Task A_channel_is_made_tried_and_edited_and_its_secrets_are_on_no_page()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("thank you"));
        using var browser = await web.OpenAsAdminAsync();

        using var made = await browser.SendAsync(New, New, ("_handler", "channel"), ("name", "Ops room"), ("enabled", "true"), ("options.url", server.Url + "top-secret-path"), ("options.template", "slack"),
            ("options.contentType", "application/json"), ("options.method", "POST"), ("options.timeout", "00:00:05"));
        var page = made.Headers.Location!.AbsolutePath;
        var html = await browser.ReadAsync(page);
        Site.AssertClean(page, html);
        Assert.Contains("The channel Ops room is there.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret-path", html, StringComparison.Ordinal);

        using var tested = await browser.SendAsync(page, page + "/test", ("return", "/alerts/channels"));
        html = await browser.ReadAsync("/alerts/channels");
        Site.AssertClean("/alerts/channels", html);
        Assert.Contains("The test was sent. The answer: 200 OK: thank you", html, StringComparison.Ordinal);

        using var edited = await browser.SendAsync(page, page, ("_handler", "channel"), ("name", "Ops room 2"), ("options.url", ""), ("options.template", "discord"),
            ("options.contentType", "application/json"), ("options.method", "POST"), ("options.timeout", "00:00:05"));
        Assert.Equal(HttpStatusCode.Redirect, edited.StatusCode);
        html = await browser.ReadAsync("/alerts/channels");
        Assert.Contains("switched off", html, StringComparison.Ordinal);
        Assert.Contains("discord", html, StringComparison.Ordinal);

        html = await browser.ReadAsync("/alerts");
        Site.AssertClean("/alerts", html);
        Assert.Contains("Test of Refresher", html, StringComparison.Ordinal);
        Assert.Contains("200 OK: thank you", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_said_at_its_field_and_what_was_typed_stays()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var refused = await browser.SendAsync(New, New, ("_handler", "channel"), ("name", "Wrong"), ("options.url", "https://example.org"), ("options.template", "custom"), ("options.body", "{{nonsense}}"),
            ("options.contentType", "application/json"), ("options.method", "POST"), ("options.timeout", "00:00:05"));
        var html = await refused.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("data-field=\"options.body\"", html, StringComparison.Ordinal);
        Assert.Contains("There is no value &#x27;nonsense&#x27;", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Wrong\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_is_made_shown_edited_and_deleted()
    {
        var channel = Guid.CreateVersion7();
        await web.UseAsync(async services =>
        {
            var db = services.GetRequiredService<RefresherDb>();
            db.Add(new Core.Alerts.Channels.Channel { Id = channel, Name = "Mail of " + channel, Kind = "email", Settings = "{}" });
            await db.SaveChangesAsync();
        });
        using var browser = await web.OpenAsAdminAsync();

        using var made = await browser.SendAsync(NewRule, NewRule, ("_handler", "rule"), ("name", "Nights"), ("enabled", "true"), ("recovery", "true"), ("conditions", "run.failed"), ("conditions", "worker.gone"),
            ("channels", channel.ToString()), ("after", "00:10:00"), ("times", "3"), ("reminderEvery", "06:00:00"), ("tags", "prod, web"), ("quietHours.from", "22:00"), ("quietHours.to", "06:00"), ("quietHours.days", "sat"));
        Assert.Equal("/alerts/rules", made.Headers.Location?.AbsolutePath);
        var html = await browser.ReadAsync("/alerts/rules");
        Site.AssertClean("/alerts/rules", html);
        Assert.Contains("after 10 min, 3 in a row, again every 6 h, with its end, not from 22:00 to 06:00", html, StringComparison.Ordinal);
        Assert.Contains("only with the tag prod or web", html, StringComparison.Ordinal);

        var id = await web.UseAsync(services => services.GetRequiredService<RefresherDb>().AlertRules.Where(rule => rule.Name == "Nights").Select(rule => rule.Id).SingleAsync());
        html = await browser.ReadAsync($"/alerts/rules/{id}");
        Site.AssertClean($"/alerts/rules/{id}", html);
        Assert.Contains("value=\"22:00\"", html, StringComparison.Ordinal);

        using var wrong = await browser.SendAsync($"/alerts/rules/{id}", $"/alerts/rules/{id}", ("_handler", "rule"), ("name", "Nights"), ("after", "soon"), ("channels", channel.ToString()));
        html = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("data-field=\"after\"", html, StringComparison.Ordinal);

        using var deleted = await browser.SendAsync("/alerts/rules", $"/alerts/rules/{id}/delete", ("return", "/alerts/rules"));
        Assert.Contains("The rule Nights is deleted.", await browser.ReadAsync("/alerts/rules"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_only_look_sees_no_forms_of_channels_and_changes_nothing()
    {
        await web.AddUserAsync("alert-viewer", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("alert-viewer", WebUnderTest.Password);

        Site.AssertClean("/alerts", await browser.ReadAsync("/alerts"));
        using var form = await browser.GetAsync(New);
        using var deleted = await browser.SendAsync("/alerts", $"/alerts/rules/{Guid.NewGuid()}/delete", ("return", "/alerts"));

        Assert.NotEqual(HttpStatusCode.OK, form.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, deleted.StatusCode);
    }
}

/// <summary>What the pages say before there is anything.</summary>
public sealed class EmptyAlertPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Theory]
    [InlineData("/alerts", "Nobody is told of anything yet", "/alerts/channels/new")]
    [InlineData("/alerts/channels", "No channels yet", "/alerts/channels/new")]
    [InlineData("/alerts/rules", "No rules yet", "/alerts/channels/new")]
    public async Task An_empty_page_says_what_to_do_first(string page, string text, string leadsTo)
    {
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync(page);

        Site.AssertClean(page, html);
        Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{leadsTo}\"", html, StringComparison.Ordinal);
    }
}
