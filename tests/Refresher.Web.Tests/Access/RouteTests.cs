using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Testing;
using Refresher.Web.Tests.Pages;

namespace Refresher.Web.Tests.Access;

/// <summary>Every route of the Web, as routing knows it: what is open is on a short list, and what changes something asks for the role.</summary>
public sealed partial class RouteTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    /// <summary>Open to everybody, each for a reason: see docs/security.md. Static files are open too.</summary>
    private static readonly string[] Open =
    [
        "/login", "/login/code", "/error", "/not-found", "/forbidden", "/theme", "/health", "/alive", "/metrics", "/.well-known/security.txt",
        "/status", "/status/{month}", "/status/speed", "/status.json", "/badge/{slug}/{kind}.svg",
    ];

    /// <summary>What everybody may change who is logged in: their own. <c>/confirm</c> only asks, and leads to what has a policy of its own.</summary>
    private static readonly string[] Own = ["/logout", "/account", "/account/second-factor", "/account/sessions/{id:guid}/end", "/account/sessions/end-others", "/confirm"];

    [Fact]
    public void Every_route_says_who_may_or_is_among_those_that_are_open()
    {
        var routes = Route.Of(web.Services).Where(route => !route.Metadata.Any(IsStatic)).ToList();

        Assert.True(routes.Count > 50);
        Assert.DoesNotContain(routes, route => route.IsOpen && !Open.Contains(route.Pattern));
        Assert.DoesNotContain(routes, route => !route.IsOpen && route.Policies.Count == 0);
    }

    [Fact]
    public void Every_action_is_for_operators_or_admins_or_for_oneself()
    {
        var actions = Route.Of(web.Services).Where(route => !route.IsOpen && route.Changes.Any() && !route.Metadata.Any(IsPage));

        Assert.DoesNotContain(actions, route => !route.Policies.Contains(Policies.Operate) && !route.Policies.Contains(Policies.Administer) && !Own.Contains(route.Pattern));
    }

    [Fact]
    public void Every_page_that_takes_a_form_is_for_operators_or_admins_or_for_oneself()
    {
        var pages = new[] { "Refresher.Web/Components", "Refresher.Tasks" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.razor", SearchOption.AllDirectories))
            .Select(File.ReadAllText)
            .Where(text => text.StartsWith("@page", StringComparison.Ordinal) && (text.Contains("@onsubmit", StringComparison.Ordinal) || text.Contains("FormName=", StringComparison.Ordinal)))
            .ToList();

        Assert.True(pages.Count > 8);
        Assert.All(pages, text => Assert.True(
            text.Contains("Policies.Operate)]", StringComparison.Ordinal) || text.Contains("Policies.Administer)]", StringComparison.Ordinal) || Own.Concat(Open).Any(path => text.StartsWith($"@page \"{path}\"", StringComparison.Ordinal)), text[..80]));
    }

    [Fact]
    public async Task A_viewer_is_refused_at_every_route_that_changes_something()
    {
        await web.AddUserAsync("route-viewer", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("route-viewer", WebUnderTest.Password);
        var tried = 0;
        foreach (var route in Route.Of(web.Services).Where(route => route.Policies.Contains(Policies.Operate) || route.Policies.Contains(Policies.Administer)))
        {
            foreach (var method in route.Methods.Count == 0 ? ["GET", "POST"] : route.Methods)
            {
                using var answer = await SendAsync(browser, method, route.Path);
                Assert.True(answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/forbidden", StringComparison.Ordinal), $"{method} {route}: {(int)answer.StatusCode} {answer.Headers.Location}");
                tried++;
            }
        }

        Assert.True(tried > 40);
    }

    [Fact]
    public async Task An_operator_is_refused_where_an_admin_is_needed()
    {
        await web.AddUserAsync("route-operator", Roles.Operator);
        using var browser = web.Open();
        await browser.LogInAsync("route-operator", WebUnderTest.Password);
        foreach (var route in Route.Of(web.Services).Where(route => route.Policies.Contains(Policies.Administer)))
        {
            using var answer = await SendAsync(browser, route.Methods.Contains("POST") ? "POST" : "GET", route.Path);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/forbidden", StringComparison.Ordinal), $"{route}: {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_action_refuses_a_forged_form()
    {
        using var browser = await web.OpenAsAdminAsync();
        foreach (var route in Route.Of(web.Services).Where(route => route.Changes.Any() && !route.Metadata.Any(IsPage) && !route.Metadata.Any(IsStatic)))
        {
            using var answer = await browser.SendWithAsync(route.Path, null);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{route}: {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task What_a_viewer_may_not_is_not_offered()
    {
        await web.AddUserAsync("menu-viewer", Roles.Viewer);
        await web.ScheduleAsync("""{"name":"Offered","kind":"hello","options":{"name":"you"},"cadence":{"type":"every","every":"01:00:00"}}""");
        await FillAsync();
        using var browser = web.Open();
        await browser.LogInAsync("menu-viewer", WebUnderTest.Password);
        var (seen, toSee) = (new HashSet<string> { "/" }, new Queue<string>(["/"]));
        while (toSee.TryDequeue(out var path) && seen.Count < 300)
        {
            using var answer = await browser.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode} {answer.Headers.Location}");
            if (answer.Content.Headers.ContentType?.MediaType != "text/html")
            {
                continue;
            }

            var html = await answer.Content.ReadAsStringAsync();
            Assert.All(Actions().Matches(html).Select(match => match.Groups[1].Value), action => Assert.True(
                action is "/theme" or "/logout" or "/not-found" || action.StartsWith("/account", StringComparison.Ordinal), $"{path} offers {action}"));
            foreach (var link in Links().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value).Split('#')[0]).Where(link => !link.Contains('?') && link.Length > 0))
            {
                if (seen.Add(link))
                {
                    toSee.Enqueue(link);
                }
            }
        }

        Assert.True(seen.Count > 15, string.Join(' ', seen));
    }

    /// <summary>With an empty form, since some end points are found by the type of what is sent.</summary>
    private static async Task<HttpResponseMessage> SendAsync(Browser browser, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new FormUrlEncodedContent([]) };
        return await browser.Http.SendAsync(request);
    }

    /// <summary>One of everything that lists show with links and buttons.</summary>
    private Task FillAsync() => web.UseAsync(async services =>
    {
        var channel = await services.GetRequiredService<ChannelCommands>().CreateAsync(WebUnderTest.Read<ChannelInput>("""{"name":"hook","kind":"webhook","settings":{"url":"https://example.org"}}"""), default);
        await services.GetRequiredService<RuleCommands>().CreateAsync(WebUnderTest.Read<RuleInput>($$"""{"name":"rule","conditions":["run.failed"],"channels":["{{channel.Value!.Id}}"]}"""), default);
        await services.GetRequiredService<CalendarCommands>().CreateAsync(WebUnderTest.Read<CalendarInput>("""{"name":"days-off","rules":["Sat-Sun"]}"""), default);
        foreach (var task in ITaskPages.All)
        {
            await task.FillAsync(services);
        }
    });

    private static bool IsPage(object metadata) => metadata is ComponentTypeMetadata;

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private static bool IsStatic(object metadata) => metadata.GetType().Name is "StaticAssetDescriptor";

    [GeneratedRegex("(?:formaction|method=\"post\"[^>]* action)=\"([^\"]+)\"")]
    private static partial Regex Actions();

    [GeneratedRegex("<a [^>]*href=\"(/[^\"]*)\"")]
    private static partial Regex Links();
}
