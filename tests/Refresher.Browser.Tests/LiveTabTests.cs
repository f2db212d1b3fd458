using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

[Trait("Category", "Browser")]
public sealed class LiveTabTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private readonly List<string> _complaints = [];

    /// <summary>A browser opens six connections to one host: with a stream for each tab the seventh would wait for ever.</summary>
    [BrowserFact]
    public async Task Eight_live_tabs_in_one_browser_all_go_on()
    {
        var first = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(first);
        await RunningSystem.MakeScheduleAsync(first, "Seen in all tabs");
        var tabs = new List<IPage> { first };
        while (tabs.Count < 8)
        {
            var tab = await RunningSystem.OpenTabAsync(first.Context, _complaints);
            await tab.GotoAsync("/runs");
            await RunningSystem.SeeAsync(tab, "Runs");
            tabs.Add(tab);
        }

        var before = await Task.WhenAll(tabs.Select(NewestAsync));

        foreach (var (tab, run) in tabs.Zip(before))
        {
            await Expect(tab.Locator("[data-live-state=live]")).ToBeVisibleAsync();
            await Expect(Newest(tab)).Not.ToHaveAttributeAsync("id", run);
        }

        Assert.Empty(_complaints);
    }

    private static ILocator Newest(IPage page) => page.Locator(".table-runs tbody tr").First;

    private static async Task<string> NewestAsync(IPage page) => await Newest(page).GetAttributeAsync("id") ?? "";
}
