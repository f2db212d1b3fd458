using System.Net;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;

namespace Refresher.Web.Tests.Access;

public sealed class LoginTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/schedules")]
    [InlineData("/schedules/new?kind=hello")]
    [InlineData("/schedules/0197a1b2-0000-7000-8000-000000000000")]
    [InlineData("/runs")]
    [InlineData("/runs/0197a1b2-0000-7000-8000-000000000000/log?after=-1")]
    [InlineData("/workers")]
    [InlineData("/tasks")]
    [InlineData("/account")]
    [InlineData("/system")]
    public async Task A_visitor_gets_the_login_and_no_data(string path)
    {
        using var browser = web.Open();

        using var answer = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/login", answer.Headers.Location!.AbsolutePath);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_right_password_leads_to_where_one_wanted_to_go()
    {
        using var browser = web.Open();

        using var answer = await browser.TryLogInAsync(FirstLogin.AdminName, WebUnderTest.Password, "?returnUrl=%2Fruns%3Fstate%3Dfailed");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/runs?state=failed", Local(answer));
        Assert.Contains("Runs", await browser.ReadAsync("/runs?state=failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    public async Task A_return_address_elsewhere_is_ignored(string address)
    {
        using var browser = web.Open();

        using var answer = await browser.TryLogInAsync(FirstLogin.AdminName, WebUnderTest.Password, "?returnUrl=" + Uri.EscapeDataString(address));

        Assert.Equal("/", Local(answer));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_answer()
    {
        using var browser = web.Open();

        using var wrong = await browser.TryLogInAsync(FirstLogin.AdminName, "not the password");
        using var unknown = await browser.TryLogInAsync("nobody", "not the password");

        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.Contains("is wrong", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("is wrong", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task After_too_many_wrong_passwords_the_right_one_does_not_help_either()
    {
        await web.AddUserAsync("locked", Roles.Viewer);
        using var browser = web.Open();
        for (var i = 0; i < PasswordRules.LockoutAfter; i++)
        {
            using var wrong = await browser.TryLogInAsync("locked", $"wrong password {i}");
        }

        using var answer = await browser.TryLogInAsync("locked", WebUnderTest.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("locked", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_without_its_token_is_refused()
    {
        using var browser = web.Open();

        using var answer = await browser.SendWithAsync("/login", null, ("_handler", "login"), ("Form.User", FirstLogin.AdminName), ("Form.Password", WebUnderTest.Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Logging_out_needs_a_form_and_ends_the_session()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var link = await browser.GetAsync("/logout");
        Assert.NotEqual(HttpStatusCode.Redirect, link.StatusCode);

        using var answer = await browser.SendAsync("/account", "/logout");

        Assert.Equal("/login", Local(answer));
        using var page = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        await web.AddUserAsync("changer", Roles.Operator);
        using var browser = web.Open();
        await browser.LogInAsync("changer", WebUnderTest.Password);

        using var changed = await browser.SendAsync(
            "/account", "/account", ("_handler", "password"), ("Form.Current", WebUnderTest.Password), ("Form.New", "another horse battery"), ("Form.Again", "another horse battery"));

        Assert.Equal("/account", Local(changed));
        Assert.Contains("The password is changed.", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        using var other = web.Open();
        using var old = await other.TryLogInAsync("changer", WebUnderTest.Password);
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        await other.LogInAsync("changer", "another horse battery");
    }

    [Fact]
    public async Task A_session_of_one_Web_is_known_to_another()
    {
        await using var second = new WebUnderTest(web);
        using var browser = web.Open();
        using var login = await browser.TryLogInAsync(FirstLogin.AdminName, WebUnderTest.Password);
        var cookies = string.Join("; ", login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        using var elsewhere = second.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account");
        request.Headers.Add("Cookie", cookies);

        using var answer = await elsewhere.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_viewer_may_look_and_change_nothing()
    {
        await web.AddUserAsync("viewer", Roles.Viewer);
        var schedule = await web.ScheduleAsync("""{"name":"Looked at","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = web.Open();
        await browser.LogInAsync("viewer", WebUnderTest.Password);

        Assert.Contains("Looked at", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
        using var form = await browser.GetAsync("/schedules/new?kind=hello");
        using var pause = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/pause");

        Assert.Equal("/forbidden", Local(form).Split('?')[0]);
        Assert.Equal("/forbidden", Local(pause).Split('?')[0]);
    }

    private static string Local(HttpResponseMessage answer)
    {
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
    }
}
