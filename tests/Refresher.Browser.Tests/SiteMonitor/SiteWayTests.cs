using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Refresher.Testing;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests.SiteMonitor;

[Trait("Category", "Browser")]
public sealed class SiteWayTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private readonly List<string> _complaints = [];
    private volatile int _status = StatusCodes.Status200OK;

    [BrowserFact]
    public async Task A_site_is_tried_and_watched_goes_down_in_public_and_comes_up_again()
    {
        await using var shop = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = _status;
            return http.Response.WriteAsync("welcome");
        });
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);
        await page.GotoAsync("/sites/new");
        await RunningSystem.SeeAsync(page, "New site");
        await page.GetByLabel("Target").FillAsync(shop.Url.ToString());
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("The shop");
        await page.GetByLabel("Every", new() { Exact = true }).FillAsync("00:00:05");

        await page.GetByRole(AriaRole.Button, new() { Name = "Try it now" }).ClickAsync();
        await Expect(page.Locator("#trial")).ToContainTextAsync("200");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("The shop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Watch it" }).ClickAsync();
        await RunningSystem.SeeAsync(page, "The shop");
        await Expect(page.Locator("#live")).ToContainTextAsync(new Regex("\\bUp\\b"));
        await PublishAsync(page);

        var visitor = await system.OpenAsync(_complaints, width: 390);
        await visitor.GotoAsync("/");
        await Expect(visitor).ToHaveURLAsync(new Regex("/status$"));
        await Expect(visitor.Locator("body")).ToContainTextAsync("Our shop");

        _status = StatusCodes.Status503ServiceUnavailable;
        await EventuallyReadsAsync(visitor, new Regex("Our shop[\\s\\S]*Down|Down[\\s\\S]*Our shop", RegexOptions.IgnoreCase));
        await page.GotoAsync("/");
        await Expect(page.Locator(".trouble")).ToContainTextAsync("The shop is down");

        _status = StatusCodes.Status200OK;
        await Expect(page.Locator(".trouble")).Not.ToBeVisibleAsync(new() { Timeout = 90_000 });
        await EventuallyReadsAsync(visitor, new Regex("operational|up\\b", RegexOptions.IgnoreCase));
        Assert.Empty(_complaints);
    }

    private static async Task PublishAsync(IPage page)
    {
        await page.GotoAsync("/public/site");
        await RunningSystem.SeeAsync(page, "Put a site on the status page");
        await page.GetByLabel("Site", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "The shop (the-shop)" });
        await page.GetByLabel("Name for visitors").FillAsync("Our shop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put it on the page" }).ClickAsync();
        await RunningSystem.SeeAsync(page, "What is public");
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish it" }).ClickAsync();
        await page.Locator("#confirm").GetByRole(AriaRole.Button, new() { Name = "Publish it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Take it back" })).ToBeVisibleAsync();
    }

    /// <summary>The public page brings itself up to date; a visitor who does not wait for that loads it again.</summary>
    private static Task<string> EventuallyReadsAsync(IPage visitor, Regex what) => Eventually.SeeAsync(
        async () =>
        {
            await visitor.ReloadAsync();
            return await visitor.Locator("main").InnerTextAsync();
        },
        text => what.IsMatch(text),
        seconds: 90);
}
