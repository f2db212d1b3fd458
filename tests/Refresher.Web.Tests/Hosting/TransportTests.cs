using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Refresher.Core.Access;

namespace Refresher.Web.Tests.Hosting;

/// <summary>What a proxy may say of a request, and what TLS changes.</summary>
public sealed class TransportTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Over_tls_cookies_are_bound_to_the_host_and_browsers_are_told_to_come_back_by_it()
    {
        using var browser = Open(web, "https://refresher.example/");

        using var login = await browser.TryLogInAsync(FirstLogin.AdminName, WebUnderTest.Password);

        var session = Assert.Single(login.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("refresher.session=", StringComparison.Ordinal));
        Assert.StartsWith("__Host-refresher.session=", session, StringComparison.Ordinal);
        Assert.All(["secure", "httponly", "samesite=lax", "path=/"], word => Assert.Contains(word, session, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("domain", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=31536000", login.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        using var page = await browser.GetAsync("/login");
        Assert.All(page.Headers.TryGetValues("Set-Cookie", out var set) ? set : [], cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("admin", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_cookie_that_was_planted_without_the_prefix_does_not_count_over_tls()
    {
        using var plain = web.Open();
        using var login = await plain.TryLogInAsync(FirstLogin.AdminName, WebUnderTest.Password);
        var cookie = login.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("refresher.session=", StringComparison.Ordinal)).Split(';')[0];
        using var browser = Open(web, "https://refresher.example/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account") { Headers = { { "Cookie", cookie } } };

        using var answer = await browser.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Without_known_proxies_nobody_can_say_that_they_are_somebody_else()
    {
        await AddressIsAsync(web, known: null, "203.0.113.9", "198.51.100.1", "203.0.113.9");
    }

    [Theory]
    [InlineData("203.0.113.9", "198.51.100.1", "198.51.100.1")]
    [InlineData("203.0.113.0/24", "198.51.100.1", "198.51.100.1")]
    [InlineData("203.0.113.9, 10.0.0.0/8", "198.51.100.1, 10.1.2.3", "198.51.100.1")]
    [InlineData("203.0.113.9", "6.6.6.6, 198.51.100.1", "198.51.100.1")]
    [InlineData("192.0.2.1", "198.51.100.1", "203.0.113.9")]
    [InlineData("203.0.113.9", "nonsense", "203.0.113.9")]
    public async Task A_known_proxy_is_believed_as_far_as_those_before_it_are_known(string known, string said, string address)
    {
        await AddressIsAsync(web, known, "203.0.113.9", said, address);
    }

    [Fact]
    public async Task What_is_no_list_of_proxies_stops_the_start()
    {
        await using var host = With(web, "Proxy:Known", "everybody");

        var error = Assert.ThrowsAny<Exception>(() => host.CreateClient());

        Assert.Contains("Proxy:Known: 'everybody'", error.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Security_txt_is_there_once_there_is_a_contact()
    {
        using var without = web.Open();
        using var missing = await without.GetAsync("/.well-known/security.txt");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        await using var host = With(web, "Security:Contact", "mailto:security@example.org");

        var text = await host.CreateClient().GetStringAsync("/.well-known/security.txt");

        Assert.StartsWith("Contact: mailto:security@example.org\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches(@"Expires: 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", text);
    }

    private static async Task AddressIsAsync(WebUnderTest web, string? known, string connection, string said, string expected)
    {
        await using var host = known is null ? null : With(web, "Proxy:Known", known);
        var server = host?.Server ?? web.Server;

        var seen = await server.SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(connection);
            http.Request.Method = "GET";
            http.Request.Path = "/login";
            http.Request.Headers["X-Forwarded-For"] = said;
            http.Request.Headers["X-Forwarded-Proto"] = "https";
        });

        Assert.Equal(expected, seen.Connection.RemoteIpAddress?.ToString());
        Assert.Equal(expected != connection, seen.Request.IsHttps);
    }

    private static WebApplicationFactory<Components.App> With(WebUnderTest web, string setting, string value) => web.WithWebHostBuilder(builder => builder.UseSetting(setting, value));

    private static Browser Open(WebUnderTest web, string address) =>
        new(web.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true, BaseAddress = new Uri(address) }));
}
