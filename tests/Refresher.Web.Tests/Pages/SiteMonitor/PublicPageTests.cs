using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Tasks.SiteMonitor.Public;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>The admin's page of what is public.</summary>
public sealed class PublicPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Form = "/public/site";

    [Fact]
    public async Task Sites_are_put_on_the_page_changed_moved_and_taken_off_and_the_audit_says_who_did()
    {
        using var browser = await web.OpenAsAdminAsync();
        var one = await WatchedSite.AddAsync(web, "one", TimeSpan.FromHours(1));
        var two = await WatchedSite.AddAsync(web, "two", TimeSpan.FromHours(1));
        foreach (var (site, name) in new[] { (one, "First"), (two, "Second") })
        {
            using var put = await browser.SendAsync(Form, Form, ("_handler", "site"), ("site", $"{site.Id}"), ("name", name), ("section", "All"), ("slug", ""), ("badges", "true"));
            Assert.Equal("/public", put.Headers.Location!.AbsolutePath);
        }

        var html = await browser.ReadAsync("/public");
        Site.AssertClean("/public", html);
        Assert.Contains("Second is on the status page, and its badges are public.", html, StringComparison.Ordinal);
        Assert.Contains("src=\"/badge/first/status.svg\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/badge/first/response.svg", html, StringComparison.Ordinal);
        Assert.True(html.IndexOf("public-first", StringComparison.Ordinal) < html.IndexOf("public-second", StringComparison.Ordinal));

        using var moved = await browser.SendAsync("/public", $"/public/move?site={two.Id}&to=up", ("return", "/public"));
        html = await browser.ReadAsync("/public");
        Assert.True(html.IndexOf("public-second", StringComparison.Ordinal) < html.IndexOf("public-first", StringComparison.Ordinal));

        var change = $"{Form}?site={one.Id}";
        Assert.Contains("value=\"First\"", await browser.ReadAsync(change), StringComparison.Ordinal);
        using var changed = await browser.SendAsync(change, change, ("_handler", "site"), ("site", $"{one.Id}"), ("name", "Shop"), ("section", ""), ("slug", "first"), ("showResponse", "true"));
        html = await browser.ReadAsync("/public");
        Assert.Contains("Shop", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"/badge/first/", html, StringComparison.Ordinal);

        using var removed = await browser.SendAsync("/public", $"/public/remove?site={one.Id}", ("return", "/public"));
        html = await browser.ReadAsync("/public");
        Assert.Contains("Shop is not public any more.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("public-first", html, StringComparison.Ordinal);
        var audit = await browser.ReadAsync("/audit");
        Assert.All(["statusPage.add", "statusPage.order", "statusPage.change", "statusPage.remove"], action => Assert.Contains(action, audit, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("site", "", "choose one of those there are")]
    [InlineData("slug", "Not A Slug", "lower-case letters, digits and single hyphens")]
    [InlineData("name", "a\u0001b", "control characters")]
    [InlineData("section", "1234567890123456789012345678901234567890123456789012345678901", "at most 60 characters")]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();
        var site = await WatchedSite.AddAsync(web, $"wrong {field}", TimeSpan.FromHours(1));
        var fields = new Dictionary<string, string> { ["_handler"] = "site", ["site"] = $"{site.Id}", ["name"] = "Name typed", ["section"] = "Section typed", ["slug"] = "", [field] = value };

        using var answer = await browser.SendAsync(Form, Form, [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains(message, html, StringComparison.Ordinal);
        Assert.Contains(field == "name" ? "Section typed" : "Name typed", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_published_and_taken_back_and_a_viewer_may_not()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var titled = await browser.SendAsync("/public/page", "/public/page", ("_handler", "page"), ("title", "Our services"), ("description", "What we run"));
        Assert.Equal("/public", titled.Headers.Location!.AbsolutePath);
        using var published = await browser.SendAsync("/public", "/public/publish", ("return", "/public"));
        Assert.Contains("is also what visitors find at the front", await browser.ReadAsync("/public"), StringComparison.Ordinal);
        using var back = await browser.SendAsync("/public", "/public/take-back", ("return", "/public"));
        Assert.Contains("visitors find the login", await browser.ReadAsync("/public"), StringComparison.Ordinal);

        await web.AddUserAsync("onlooker", Roles.Viewer);
        using var viewer = web.Open();
        await viewer.LogInAsync("onlooker", WebUnderTest.Password);
        using var refused = await viewer.SendAsync("/public", "/public/publish", ("return", "/public"));
        Assert.Equal("/forbidden", refused.Headers.Location!.AbsolutePath);
        Assert.False((await web.UseAsync(services => services.GetRequiredService<StatusPageQueries>().PageAsync(CancellationToken.None))).Published);
    }
}
