using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>The form of a site, as somebody without JavaScript uses it.</summary>
public sealed class SiteFormTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Form = "/sites/new";

    [Fact]
    public async Task A_site_is_made_shown_edited_with_its_secrets_kept_and_deleted_and_the_audit_says_who_did()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var made = await browser.SendAsync(Form, Form, Fields(
            ("name", "Shop"), ("group", "Front"), ("tags", "web, eu"), ("interval", "00:00:30"), ("check.http.statusCodes", "200,404"), ("check.http.headers", "X-Token: abc123secret"),
            ("login", "basic"), ("check.http.user", "watch"), ("check.http.secret", "pass-word-1")));

        var page = made.Headers.Location!.AbsolutePath;
        var html = await browser.ReadAsync(page);
        Site.AssertClean(page, html);
        Assert.Contains("Shop is watched now.", html, StringComparison.Ordinal);
        Assert.All(["http://127.0.0.1:9/", "200,404", "X-Token", "as watch", "30 s"], text => Assert.Contains(text, html, StringComparison.Ordinal));

        var edit = await browser.ReadAsync(page + "/edit");
        Site.AssertClean(page, edit);
        foreach (var text in new[] { html, edit, await browser.ReadAsync("/audit") })
        {
            Assert.DoesNotContain("abc123secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pass-word-1", text, StringComparison.Ordinal);
        }

        Assert.Contains("X-Token: ", edit, StringComparison.Ordinal);
        Assert.Contains("leave it blank to keep it", edit, StringComparison.Ordinal);

        var mask = WebUtility.HtmlDecode(edit[(edit.IndexOf("X-Token: ", StringComparison.Ordinal) + 9)..].Split('<')[0]);
        using var saved = await browser.SendAsync(page + "/edit", page + "/edit", Fields(
            ("name", "Shop 2"), ("interval", "00:00:45"), ("check.http.headers", $"X-Token: {mask}"), ("login", "basic"), ("check.http.user", "watch"), ("check.http.secret", "")));
        Assert.Equal(page, saved.Headers.Location!.AbsolutePath);
        var stored = await web.UseAsync(async services =>
        {
            var site = await services.GetRequiredService<SiteQueries>().FindAsync(Guid.Parse(page.Split('/')[^1]), default);
            return services.GetRequiredService<SiteSecrets>().Open(site!.Spec);
        });
        Assert.Equal(("X-Token: abc123secret", "pass-word-1"), (stored.Http!.Headers[0], stored.Http.Secret));

        using var deleted = await browser.SendAsync(page, page + "/delete", ("return", page));
        Assert.Equal("/sites", deleted.Headers.Location!.OriginalString);
        Assert.All(["site.create", "site.update", "site.delete"], action => Assert.Contains(action, browser.ReadAsync("/audit").Result, StringComparison.Ordinal));
        using var gone = await browser.GetAsync(page);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("name", "", "name is needed")]
    [InlineData("interval", "soon", "a duration")]
    [InlineData("interval", "00:00:01", "00:00:05 to 1.00:00:00")]
    [InlineData("failureThreshold", "21", "1 to 20")]
    [InlineData("recheck", "02:00:00", "at most the interval")]
    [InlineData("check.target", "nowhere", "http:// or https://")]
    [InlineData("check.timeout", "00:05:00", "at most the interval")]
    [InlineData("check.http.statusCodes", "abc", "200-299,401")]
    [InlineData("check.http.mustMatch", "(", "Look-around")]
    [InlineData("check.http.maxRedirects", "many", "a number")]
    [InlineData("check.http.headers", "no colon", "Name: value")]
    [InlineData("key", "Not A Key", "lower-case letters")]
    public async Task What_is_wrong_with_a_site_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Form, Form, Fields(("name", "Typed name"), ("description", "Typed text"), (field, value)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Typed text", html, StringComparison.Ordinal);
        var said = html[html.IndexOf($"data-field=\"{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_is_tried_with_the_forms_values_before_it_is_saved_and_a_hostile_answer_is_shown_as_text()
    {
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path == "/good" ? 200 : 500;
            return http.Response.WriteAsync("<script>alert(1)</script> it broke");
        });
        using var browser = await web.OpenAsAdminAsync();

        var good = await TryAsync(browser, ("check.target", $"{server.Url}good"));
        Assert.Contains("state-up", good, StringComparison.Ordinal);
        Assert.Contains("first byte", good, StringComparison.Ordinal);
        Assert.Contains("Nothing is saved yet.", good, StringComparison.Ordinal);

        var bad = await TryAsync(browser, ("check.target", $"{server.Url}bad"));
        Assert.Contains("state-down", bad, StringComparison.Ordinal);
        Assert.Contains("status 500", bad, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; it broke", bad, StringComparison.Ordinal);
        Site.AssertClean("trial", bad);

        var wrong = await TryAsync(browser, ("check.target", "nowhere"));
        Assert.Contains("It cannot be tried like this", wrong, StringComparison.Ordinal);
        Assert.Empty((await web.UseAsync(services => services.GetRequiredService<SiteQueries>().ListAsync(new SiteFilter { Search = server.Url.Authority }, null, 10, default))).Items);
    }

    [Fact]
    public async Task Tcp_and_dns_sites_are_made_with_their_own_fields_alone()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var tcp = await browser.SendAsync(Form, Form, Fields(("name", "Port"), ("check.kind", "tcp"), ("check.target", "127.0.0.1:9"), ("check.http.mustMatch", "left over")));
        using var dns = await browser.SendAsync(Form, Form, Fields(("name", "Record"), ("check.kind", "dns"), ("check.target", "example.org"), ("check.dns.record", "MX"), ("check.dns.expected", "a.example.org\nb.example.org")));

        Assert.Contains("TCP 127.0.0.1:9", await browser.ReadAsync(tcp.Headers.Location!.AbsolutePath), StringComparison.Ordinal);
        Assert.All(["DNS example.org", "MX", "b.example.org"], text => Assert.Contains(text, browser.ReadAsync(dns.Headers.Location!.AbsolutePath).Result, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("basic", "", "word", "user", "A user name is needed")]
    [InlineData("bearer", "", "", "secret", "A token is needed")]
    [InlineData("basic", "watch", "", "secret", "A password is needed")]
    public async Task A_login_that_lacks_a_part_is_refused_at_its_field(string login, string user, string secret, string field, string message)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Form, Form, Fields(("name", "Login"), ("login", login), ("check.http.user", user), ("check.http.secret", secret)));

        var html = await answer.Content.ReadAsStringAsync();
        var said = html[html.IndexOf($"data-field=\"check.http.{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_over_somebody_elses_is_refused()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var made = await browser.SendAsync(Form, Form, Fields(("name", "Contested")));
        var edit = made.Headers.Location!.AbsolutePath + "/edit";

        using var answer = await browser.SendAsync(edit, edit, Fields(("name", "Mine"), ("version", "1")));

        Assert.Contains("Somebody else has changed this site meanwhile", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> TryAsync(Browser browser, (string, string) target)
    {
        using var answer = await browser.SendAsync(Form, Form, Fields(target, ("do", "try")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        return html[html.IndexOf("id=\"trial\"", StringComparison.Ordinal)..html.IndexOf("form-actions", StringComparison.Ordinal)];
    }

    private static (string Name, string Value)[] Fields(params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>
        {
            ["_handler"] = "site",
            ["do"] = "save",
            ["enabled"] = "true",
            ["check.kind"] = "http",
            ["check.target"] = "http://127.0.0.1:9/",
            ["check.http.verifyTls"] = "true",
            ["login"] = "",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return [.. fields.Select(pair => (pair.Key, pair.Value))];
    }
}
