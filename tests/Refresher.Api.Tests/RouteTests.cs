using System.Net;
using Refresher.Core.Access;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>Every route of the Api, as routing knows it: what is open is on a short list, and roles hold everywhere.</summary>
[Collection(SharedApi.Name)]
public sealed class RouteTests(ApiHost api)
{
    /// <summary>Open to everybody, each for a reason: see docs/security.md.</summary>
    private static readonly string[] Open =
    [
        "/health", "/alive", "/metrics", "/internal/prometheus-targets", "/openapi/v1.json", "/.well-known/security.txt",
        "/status.json", "/badge/{slug}/{kind}.svg",
        "/beat/{token:length(1,100)}/", "/beat/{token:length(1,100)}", "/beat/{token:length(1,100)}/start", "/beat/{token:length(1,100)}/fail", "/beat/{token:length(1,100)}/{exitCode:int}",
        "/backend/garbage", "/backend/garbage.php", "/backend/empty", "/backend/empty.php", "/backend/getIP", "/backend/getIP.php",
    ];

    /// <summary>Sent with a body, and changing nothing.</summary>
    private static readonly string[] Previews = ["/api/v1/schedules/preview", "/api/v1/calendars/preview"];

    [Fact]
    public void Every_route_says_who_may_or_is_among_those_that_are_open()
    {
        var routes = Route.Of(api.Services);

        Assert.True(routes.Count > 50);
        Assert.DoesNotContain(routes, route => route.IsOpen && !Open.Contains(route.Pattern));
        Assert.DoesNotContain(routes, route => !route.IsOpen && route.Policies.Count == 0);
    }

    [Fact]
    public void What_hands_out_rights_or_shows_things_to_the_world_is_for_admins()
    {
        var forAdmins = Route.Of(api.Services).Where(route => route.Policies.Contains(Policies.Administer)).ToList();

        Assert.All(Route.Of(api.Services).Where(route => route.Pattern.StartsWith("/api/v1/users", StringComparison.Ordinal) || route.Pattern.StartsWith("/api/v1/keys", StringComparison.Ordinal)), route => Assert.Contains(Policies.Administer, route.Policies));
        Assert.Contains(forAdmins, route => route.Pattern == "/api/v1/channels/" && route.Methods.Contains("POST"));
        Assert.Contains(forAdmins, route => route.Pattern == "/api/v1/events/consumers/{name}/replay");

        // A program may have been made without the site monitor.
        Assert.All(Route.Of(api.Services).Where(route => route.Pattern == "/api/v1/status-pages/main" && route.Methods.Contains("PATCH")), route => Assert.Contains(Policies.Administer, route.Policies));
    }

    [Fact]
    public async Task A_viewer_s_key_reads_and_changes_nothing_at_any_route()
    {
        using var viewer = await api.ClientAsync(Roles.Viewer);
        foreach (var route in Route.Of(api.Services).Where(route => !route.IsOpen && route.Changes.Any()))
        {
            foreach (var method in route.Changes)
            {
                var status = await SendAsync(viewer, method, route.Path);
                Assert.True(status == HttpStatusCode.Forbidden == !Previews.Contains(route.Pattern), $"{method} {route}: {(int)status}");
            }
        }
    }

    [Fact]
    public async Task Each_role_reaches_what_its_policies_allow_and_nothing_else()
    {
        using var viewer = await api.ClientAsync(Roles.Viewer);
        using var operating = await api.ClientAsync(Roles.Operator);
        foreach (var route in Route.Of(api.Services).Where(route => !route.IsOpen && route.Methods.Contains("GET") && !route.Pattern.EndsWith("logs", StringComparison.Ordinal)))
        {
            Assert.Equal((route, route.Policies.All(policy => policy == Policies.View)), (route, await SendAsync(viewer, "GET", route.Path) != HttpStatusCode.Forbidden));
            Assert.Equal((route, !route.Policies.Contains(Policies.Administer)), (route, await SendAsync(operating, "GET", route.Path) != HttpStatusCode.Forbidden));
        }

        foreach (var route in Route.Of(api.Services).Where(route => route.Policies.Contains(Policies.Administer)))
        {
            foreach (var method in route.Changes)
            {
                Assert.Equal((route, HttpStatusCode.Forbidden), (route, await SendAsync(operating, method, route.Path)));
            }
        }
    }

    [Fact]
    public async Task The_refusal_names_the_role_and_the_one_that_is_needed()
    {
        using var viewer = await api.ClientAsync(Roles.Viewer);
        using var answer = await viewer.DeleteAsync($"/api/v1/keys/{Guid.NewGuid()}");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("has the role viewer. The role admin is needed.", text, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
