using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

/// <summary>Its system is its own: the password is another one afterwards.</summary>
[Trait("Category", "Browser")]
public sealed class FirstLoginTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private const string Other = "battery staple horse";
    private readonly List<string> _complaints = [];

    [BrowserFact]
    public async Task The_first_password_is_changed_and_only_the_new_one_opens_the_door()
    {
        var page = await system.OpenAsync(_complaints, width: 390);
        await page.GotoAsync("/schedules");
        await Expect(page.GetByLabel("User name")).ToBeVisibleAsync();
        await RunningSystem.LogInAsync(page);

        await page.GotoAsync("/account");
        await RunningSystem.SeeAsync(page, "Account");
        await page.GetByLabel("Current password").FillAsync(RunningSystem.Password);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Other);
        await page.GetByLabel("New password again").FillAsync(Other);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Expect(page.Locator("#flash .alert-success")).ToBeVisibleAsync();
        await page.Locator("details[data-menu] summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();

        await RunningSystem.LogInAsync(page, "admin", RunningSystem.Password);
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await RunningSystem.LogInAsync(page, "admin", Other);
        await RunningSystem.SeeAsync(page, "Overview");
        Assert.Empty(_complaints);
    }
}
