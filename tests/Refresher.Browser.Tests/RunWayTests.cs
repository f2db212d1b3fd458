using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Refresher.Testing;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

[Trait("Category", "Browser")]
public sealed class RunWayTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private readonly List<string> _complaints = [];
    private volatile int _status = StatusCodes.Status500InternalServerError;

    [BrowserFact]
    public async Task A_run_that_failed_is_retried_when_its_cause_is_gone_and_its_log_is_searched()
    {
        await using var other = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = _status;
            return http.Response.WriteAsync("hello");
        });
        var page = await system.OpenAsync(_complaints, width: 390);
        await RunningSystem.LogInAsync(page);
        await page.GotoAsync("/schedules/new?kind=http-request");
        await RunningSystem.SeeAsync(page, "New schedule: Http request");
        await page.GetByLabel("Name of the schedule").FillAsync("Calls the other");
        await page.Locator("#option-url").FillAsync(other.Url.ToString());
        await page.Locator("#every").FillAsync("5");
        await page.Locator("#unit").SelectOptionAsync("h");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create schedule" }).ClickAsync();
        await RunningSystem.SeeAsync(page, "Calls the other");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/"));
        await Expect(page.Locator(".run-head .state-failed, .run-head .state-retrying")).ToBeVisibleAsync();

        _status = StatusCodes.Status200OK;
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).Or(page.GetByRole(AriaRole.Button, new() { Name = "Try again now" })).ClickAsync();
        await Expect(page.Locator(".run-head .state-succeeded")).ToBeVisibleAsync();
        await Expect(page.Locator(".run-output")).ToContainTextAsync("200");
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task A_log_shows_what_is_looked_for_and_keeps_it_in_the_address()
    {
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Writes lines");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/"));
        await Expect(page.Locator(".log")).ToContainTextAsync("Hello, world!");

        await page.GetByLabel("Find in the log").FillAsync("WORLD");
        await Expect(page.Locator(".log mark").First).ToHaveTextAsync("world");
        await Expect(page).ToHaveURLAsync(new Regex("find=WORLD"));
        await page.GetByLabel("Find in the log").FillAsync("nowhere");
        await Expect(page.Locator(".log li[id^=l-]")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Find in the log")).ToBeFocusedAsync();
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task A_channel_is_made_and_tried()
    {
        var heard = new TaskCompletionSource<string>();
        await using var hook = await FakeHttpServer.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            heard.TrySetResult(await reader.ReadToEndAsync());
        });
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);
        await page.GotoAsync("/alerts/channels/new?kind=webhook");
        await RunningSystem.SeeAsync(page, "New channel: Web hook");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("The hook");
        await page.Locator("#option-url").FillAsync(hook.Url.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Create channel" }).ClickAsync();
        await Expect(page.GetByText("The channel The hook is there.")).ToBeVisibleAsync();

        await page.GotoAsync("/alerts/channels");
        await RunningSystem.SeeAsync(page, "Channels");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test over The hook" }).ClickAsync();

        await Expect(page.Locator("#flash")).ToContainTextAsync("The test was sent.");
        Assert.Contains("test", await heard.Task.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(_complaints);
    }
}
