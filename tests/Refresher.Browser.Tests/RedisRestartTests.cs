using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

/// <summary>A system whose servers belong to it alone.</summary>
public sealed class SystemWithServers : RunningSystem
{
    protected override bool HasOwnServers => true;
}

[Trait("Category", "Browser")]
public sealed class RedisRestartTests(SystemWithServers system) : IClassFixture<SystemWithServers>
{
    [BrowserFact]
    public async Task A_live_page_goes_on_by_itself_after_Redis_was_restarted()
    {
        var page = await system.OpenAsync([]);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Seen through Redis");
        await Expect(page.Locator("[data-live-state=live]")).ToBeVisibleAsync();
        await Expect(Newest(page)).ToBeVisibleAsync();

        await system.Servers.KillAsync("redis");
        await system.Servers.StartAgainAsync("redis");
        var before = await Newest(page).GetAttributeAsync("id") ?? "";

        await Expect(Newest(page)).Not.ToHaveAttributeAsync("id", before, new() { Timeout = 90_000 });
    }

    private static ILocator Newest(IPage page) => page.Locator(".table-runs tbody tr").First;
}
