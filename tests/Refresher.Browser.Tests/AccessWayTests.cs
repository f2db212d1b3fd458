using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Refresher.Testing;
using static Microsoft.Playwright.Assertions;

namespace Refresher.Browser.Tests;

/// <summary>A system whose Api runs, too.</summary>
public sealed class SystemWithApi : RunningSystem
{
    protected override bool HasApi => true;
}

[Trait("Category", "Browser")]
public sealed class AccessWayTests(SystemWithApi system) : IClassFixture<SystemWithApi>
{
    private const string Own = "a viewer's own words";
    private readonly List<string> _complaints = [];

    [BrowserFact]
    public async Task Who_may_only_look_is_shown_no_buttons_and_refused_where_none_are_needed()
    {
        var admin = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(admin);
        await RunningSystem.MakeScheduleAsync(admin, "Looked at");
        await Expect(admin.GetByRole(AriaRole.Button, new() { Name = "Run now" })).ToBeVisibleAsync();
        var schedule = new Uri(admin.Url).AbsolutePath;
        var first = await MakeUserAsync(admin, "visitor");

        // The first password opens nothing but the page where it is changed.
        var page = await system.OpenAsync(_complaints, width: 390);
        await page.GotoAsync(schedule);
        await RunningSystem.LogInAsync(page, "visitor", first);
        await RunningSystem.SeeAsync(page, "Account");
        await page.GotoAsync(schedule);
        await RunningSystem.SeeAsync(page, "Account");
        await page.GetByLabel("Current password").FillAsync(first);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Own);
        await page.GetByLabel("New password again").FillAsync(Own);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Expect(page.Locator("#flash .alert-success")).ToBeVisibleAsync();

        await page.GotoAsync(schedule);
        await RunningSystem.SeeAsync(page, "Looked at");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Run now" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Edit", Exact = true })).ToHaveCountAsync(0);
        foreach (var closed in new[] { schedule + "/edit", "/schedules/new?kind=hello", "/users", "/keys/new" })
        {
            await page.GotoAsync(closed);
            await Expect(page.GetByText("You may not do that")).ToBeVisibleAsync();
        }

        // A form sent all the same, with this session's cookie and a token of this session's pages.
        await page.GotoAsync("/account");
        var answer = await page.EvaluateAsync<JsonElement>("""
            async address => {
                const body = new URLSearchParams({ __RequestVerificationToken: document.querySelector("input[name=__RequestVerificationToken]").value });
                const answer = await fetch(address, { method: "POST", body });
                return { url: answer.url, text: await answer.text() };
            }
            """, schedule + "/run");
        Assert.EndsWith("/forbidden", new Uri(answer.GetProperty("url").GetString()!).AbsolutePath, StringComparison.Ordinal);
        await admin.GotoAsync("/audit?actor=visitor");
        await RunningSystem.SeeAsync(admin, "Audit");
        await Expect(admin.Locator("main")).Not.ToContainTextAsync("Looked at");
        Assert.Empty(_complaints);
    }

    [BrowserFact]
    public async Task A_key_is_made_shown_once_used_and_withdrawn()
    {
        var page = await system.OpenAsync(_complaints);
        await RunningSystem.LogInAsync(page);
        await page.GotoAsync("/keys/new");
        await RunningSystem.SeeAsync(page, "New key");
        await page.GetByLabel("Name").FillAsync("nightly import");
        await page.GetByRole(AriaRole.Radio, new() { Name = "operator" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        var key = await page.Locator("[data-secret]").InnerTextAsync();

        using var api = new HttpClient { BaseAddress = system.ApiAddress };
        await Eventually.SeeAsync(() => StatusAsync(api), status => status == HttpStatusCode.Unauthorized, seconds: 60);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var made = await api.PostAsJsonAsync("api/v1/schedules", new { name = "By a program", kind = "hello", options = new { name = "you" }, cadence = new { type = "every", every = "01:00:00" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        await page.GetByRole(AriaRole.Link, new() { Name = "I have it" }).ClickAsync();
        await RunningSystem.SeeAsync(page, "Api keys");
        await Expect(page.Locator("main")).Not.ToContainTextAsync(key);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "nightly import" })).ToContainTextAsync("operator");
        await page.GotoAsync("/audit?actor=nightly import");
        await Expect(page.Locator("main")).ToContainTextAsync("By a program");

        await page.GotoAsync("/keys");
        await RunningSystem.SeeAsync(page, "Api keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw the key nightly import" }).ClickAsync();
        await page.Locator("#confirm [data-confirm-yes]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "nightly import" })).ToHaveCountAsync(0);
        await Eventually.SeeAsync(() => StatusAsync(api), status => status == HttpStatusCode.Unauthorized, seconds: 30);
        Assert.Empty(_complaints);
    }

    private static async Task<string> MakeUserAsync(IPage admin, string name)
    {
        await admin.GotoAsync("/users/new");
        await RunningSystem.SeeAsync(admin, "New user");
        await admin.GetByLabel("User name").FillAsync(name);
        await admin.GetByRole(AriaRole.Radio, new() { Name = "viewer" }).CheckAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Create user" }).ClickAsync();
        return await admin.Locator("[data-secret]").InnerTextAsync();
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient api)
    {
        try
        {
            using var answer = await api.GetAsync("api/v1/schedules");
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return null;
        }
    }
}
