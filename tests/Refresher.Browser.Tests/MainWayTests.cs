using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

[Trait("Category", "Browser")]
public sealed class MainWayTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private readonly List<string> _complaints = [];

    [BrowserFact]
    public async Task A_person_logs_in_makes_a_schedule_with_its_preview_and_watches_its_run_to_the_end()
    {
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);

        await page.GetByRole(AriaRole.Link, new() { Name = "New schedule" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New schedule: Hello" }).ClickAsync();
        await RunningSystem.SeeAsync(page, "New schedule: Hello");
        await page.GetByLabel("Name of the schedule").FillAsync("Watched greeting");
        await page.GetByText("at times of the clock").ClickAsync();
        await page.GetByLabel("Cron expression").FillAsync("30 2 * * MON-FRI");
        await Expect(page.Locator("#cadence-preview")).ToContainTextAsync("02:30 on weekdays, Europe/Berlin");
        await page.GetByLabel("Cron expression").FillAsync("30 25 * * *");
        await Expect(page.Locator("#cadence-preview .bad")).ToContainTextAsync("25");
        await page.GetByText("a fixed time apart").ClickAsync();
        await page.Locator("#every").FillAsync("2");
        await page.Locator("#unit").SelectOptionAsync("s");
        await Expect(page.Locator("#cadence-preview")).ToContainTextAsync("Every 2 seconds");
        await page.Locator("#option-failFirst").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create schedule" }).ClickAsync();

        await Expect(page.GetByText("Watched greeting is made.")).ToBeVisibleAsync();
        await RunningSystem.SeeAsync(page, "Watched greeting");
        await Expect(page.Locator(".table-runs .state-succeeded").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/"));
        await Expect(page.Locator(".run-head .state-succeeded")).ToBeVisibleAsync();
        await Expect(page.Locator(".run-output")).ToContainTextAsync("Hello, world!");
        await Expect(page.Locator(".log")).ToContainTextAsync("Hello, world!");
        await Expect(page.Locator(".run-side")).ToContainTextAsync("Attempt 1: retry");
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task Buttons_act_on_the_page_they_are_on_and_ask_before_they_destroy()
    {
        var page = await system.OpenAsync(_complaints, width: 390);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Pressed about");

        await page.GotoAsync("/schedules?search=pressed");
        await RunningSystem.SeeAsync(page, "Schedules");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause Pressed about" }).ClickAsync();
        await Expect(page.GetByText("Pressed about is paused.")).ToBeVisibleAsync();
        await Expect(page.Locator("tr").GetByText("Paused")).ToBeVisibleAsync();
        Assert.EndsWith("/schedules?search=pressed", page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume Pressed about" }).ClickAsync();
        await Expect(page.Locator("tr").GetByText("Paused")).Not.ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Pressed about", Exact = true }).ClickAsync();
        await RunningSystem.SeeAsync(page, "Pressed about");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Locator("#confirm").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("The schedule is deleted.")).ToBeVisibleAsync();
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task A_tick_survives_what_happens_meanwhile()
    {
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Ticked and running");
        await page.GotoAsync("/schedules?search=ticked");
        await RunningSystem.SeeAsync(page, "Schedules");
        await page.GetByLabel("Tick Ticked and running").CheckAsync();
        var strip = page.Locator(".strip");
        var before = await strip.InnerHTMLAsync();

        await Expect(strip).Not.ToHaveJSPropertyAsync("innerHTML", before);
        await Expect(page.GetByLabel("Tick Ticked and running")).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true }).ClickAsync();

        await Expect(page.GetByText("Paused: 1.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Tick Ticked and running")).Not.ToBeCheckedAsync();
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task Keys_lead_where_they_say()
    {
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);

        await PressUntilAsync(page, "g", "s", "/schedules");
        await RunningSystem.SeeAsync(page, "Schedules");
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        await page.Locator("#search").BlurAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task A_live_page_goes_on_by_itself_after_Web_was_restarted()
    {
        var page = await system.OpenAsync([]);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Seen again");
        await Expect(page.Locator("[data-live-state=live]")).ToBeVisibleAsync();

        await system.RestartWebAsync();
        await Expect(page.Locator("[data-live-state=live]")).ToBeVisibleAsync();
        var before = await page.Locator(".table-runs tbody tr").First.GetAttributeAsync("id");

        await Expect(page.Locator(".table-runs tbody tr").First).Not.ToHaveAttributeAsync("id", before ?? "");
    }

    /// <summary>Two keys belong together for a second and a half only, which a busy machine can take between them: as a person would, it tries again.</summary>
    private static async Task PressUntilAsync(IPage page, string first, string second, string address)
    {
        var begun = Stopwatch.StartNew();
        while (new Uri(page.Url).AbsolutePath != address && begun.Elapsed < TimeSpan.FromMinutes(1))
        {
            await page.Keyboard.PressAsync(first);
            await page.Keyboard.PressAsync(second);
            await Task.Delay(500);
        }
    }
}
