using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;
using Refresher.Testing;

namespace Refresher.Web.Tests.Access;

public sealed class SessionTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_session_that_is_ended_is_refused_by_every_Web_within_seconds()
    {
        await using var second = new WebUnderTest(web);
        await web.AddUserAsync("ended", Roles.Operator);
        var cookie = await CookieAsync("ended");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, cookie));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, cookie));

        await web.UseAsync(async services => await services.GetRequiredService<UserCommands>().EndSessionsAsync(await IdAsync("ended"), null, default));

        await Eventually.SeeAsync(() => AskAsync(web, cookie), status => status == HttpStatusCode.Redirect, seconds: 60);
        await Eventually.SeeAsync(() => AskAsync(second, cookie), status => status == HttpStatusCode.Redirect, seconds: 60);
    }

    [Fact]
    public async Task A_cookie_that_was_copied_is_of_no_use_after_the_logout()
    {
        await web.AddUserAsync("copied", Roles.Viewer);
        using var browser = web.Open();
        using var login = await browser.TryLogInAsync("copied", WebUnderTest.Password);
        var cookie = CookieOf(login);
        using var logout = await browser.SendAsync("/account", "/logout");

        Assert.Equal(HttpStatusCode.Redirect, await AskAsync(web, cookie));
    }

    [Fact]
    public async Task A_role_that_is_taken_away_is_gone_in_sessions_that_go_on()
    {
        await web.AddUserAsync("lowered", Roles.Operator);
        var cookie = await CookieAsync("lowered");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, cookie, "/schedules/new?kind=hello"));

        await web.UseAsync(async services => Assert.NotNull((await services.GetRequiredService<UserCommands>().SetRoleAsync(await IdAsync("lowered"), Roles.Viewer, default)).Value));

        await Eventually.SeeAsync(() => AskAsync(web, cookie, "/schedules/new?kind=hello"), status => status == HttpStatusCode.Redirect, seconds: 60);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, cookie));
    }

    [Fact]
    public async Task A_deleted_user_is_out_at_once_and_a_session_too_old_does_not_count()
    {
        await web.AddUserAsync("deleted", Roles.Viewer);
        await web.AddUserAsync("idle", Roles.Viewer);
        var (deleted, idle) = (await CookieAsync("deleted"), await CookieAsync("idle"));
        await web.UseAsync(async services =>
        {
            Assert.NotNull((await services.GetRequiredService<UserCommands>().DeleteAsync(await IdAsync("deleted"), default)).Value);
            var id = await IdAsync("idle");
            var old = services.GetRequiredService<TimeProvider>().GetUtcNow() - UserSessions.Idle - TimeSpan.FromMinutes(1);
            await services.GetRequiredService<RefresherDb>().UserSessions.Where(session => session.UserId == id).ExecuteUpdateAsync(row => row.SetProperty(session => session.SeenAt, old));
        });

        await Eventually.SeeAsync(() => AskAsync(web, deleted), status => status == HttpStatusCode.Redirect, seconds: 60);
        await Eventually.SeeAsync(() => AskAsync(web, idle), status => status == HttpStatusCode.Redirect, seconds: 60);
    }

    [Fact]
    public async Task Each_login_is_a_session_of_its_own_which_its_user_can_list_and_end()
    {
        await web.AddUserAsync("two-places", Roles.Viewer);
        var elsewhere = await CookieAsync("two-places");
        using var browser = web.Open();
        await browser.LogInAsync("two-places", WebUnderTest.Password);
        Assert.Contains("this one", await browser.ReadAsync("/account"), StringComparison.Ordinal);

        using var ended = await browser.SendAsync("/account", "/account/sessions/end-others", ("return", "/account"));

        Assert.Contains("All other sessions are ended.", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        await Eventually.SeeAsync(() => AskAsync(web, elsewhere), status => status == HttpStatusCode.Redirect, seconds: 60);
        Assert.Contains("two-places", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_ends_the_sessions_of_somebody_else()
    {
        await web.AddUserAsync("victim", Roles.Viewer);
        await web.AddUserAsync("meddler", Roles.Operator);
        var cookie = await CookieAsync("victim");
        var session = await web.UseAsync(async services =>
        {
            var id = await IdAsync("victim");
            return (await services.GetRequiredService<RefresherDb>().UserSessions.SingleAsync(s => s.UserId == id)).Id;
        });
        using var browser = web.Open();
        await browser.LogInAsync("meddler", WebUnderTest.Password);

        using var answer = await browser.SendAsync("/account", $"/account/sessions/{session}/end", ("return", "/account"));

        Assert.Contains("It does not exist any more.", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        await Task.Delay(UserSessions.Freshness + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, cookie));
    }

    [Fact]
    public async Task A_password_that_somebody_else_chose_has_to_be_changed_first()
    {
        var made = await web.UseAsync(async services => (await services.GetRequiredService<UserCommands>().CreateAsync(new UserInput { Name = "newcomer", Role = Roles.Operator }, default)).Value!);
        using var browser = web.Open();
        await browser.LogInAsync("newcomer", made.Password);
        foreach (var path in new[] { "/", "/schedules", "/runs", "/live?topics=runs", "/schedules/export" })
        {
            using var refused = await browser.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Redirect, "/account"), (path, refused.StatusCode, refused.Headers.Location!.ToString()));
        }

        using var same = await browser.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", made.Password), ("Form.New", made.Password), ("Form.Again", made.Password));
        Assert.Contains("is the one that is there", await same.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var named = await browser.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", made.Password), ("Form.New", "NEWCOMER is my name"), ("Form.Again", "NEWCOMER is my name"));
        Assert.Contains("must not have the user name in it", await named.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var changed = await browser.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", made.Password), ("Form.New", "quite another horse"), ("Form.Again", "quite another horse"));
        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);

        await Eventually.SeeAsync(async () =>
        {
            using var front = await browser.GetAsync("/");
            return front.StatusCode;
        }, status => status == HttpStatusCode.OK, seconds: 60);
    }

    [Fact]
    public async Task Wrong_passwords_at_the_account_count_towards_the_lock_too()
    {
        await web.AddUserAsync("guessed", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("guessed", WebUnderTest.Password);
        for (var i = 0; i < PasswordRules.LockoutAfter; i++)
        {
            using var wrong = await browser.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", $"wrong {i}"), ("Form.New", "quite another horse"), ("Form.Again", "quite another horse"));
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var right = await browser.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", WebUnderTest.Password), ("Form.New", "quite another horse"), ("Form.Again", "quite another horse"));

        Assert.Contains("locked", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_and_failures_are_in_the_audit_without_what_was_typed()
    {
        await web.AddUserAsync("recorded", Roles.Viewer);
        using var browser = web.Open();
        using var wrong = await browser.TryLogInAsync("recorded", "wrong-secret-1");
        using var unknown = await browser.TryLogInAsync("my-password-typed-as-name", "wrong-secret-2");
        using var right = await browser.TryLogInAsync("recorded", WebUnderTest.Password);

        var entries = await web.UseAsync(services => services.GetRequiredService<RefresherDb>().AuditEntries.Where(entry => entry.Action.StartsWith("login")).OrderBy(entry => entry.Id).ToListAsync());

        Assert.Contains(entries, entry => entry is { Action: "login", Actor: "recorded", ActorKind: ActorKind.User });
        Assert.Contains(entries, entry => entry is { Action: "login.fail", SubjectName: "recorded", ActorKind: ActorKind.Visitor });
        Assert.Contains(entries, entry => entry is { Action: "login.fail", SubjectName: "an unknown user" });
        Assert.DoesNotContain(entries, entry => $"{entry.SubjectName} {entry.Actor} {entry.Before} {entry.After}" is var text && (text.Contains("wrong-secret", StringComparison.Ordinal) || text.Contains("typed-as-name", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_unknown_user_costs_as_much_work_as_a_wrong_password()
    {
        // Counted, not timed: how often a password is hashed is what tells them apart.
        await web.AddUserAsync("timed", Roles.Viewer);
        var counts = await web.UseAsync(async services =>
        {
            var hasher = new CountingHasher();
            var credentials = new Credentials(services.GetRequiredService<UserManager<RefresherUser>>(), hasher);
            services.GetRequiredService<UserManager<RefresherUser>>().PasswordHasher = hasher;
            await credentials.CheckAsync("nobody-at-all", "some password");
            hasher.Verified = 0;
            var found = new List<int>();
            foreach (var name in new[] { "nobody-at-all", "timed" })
            {
                await credentials.CheckAsync(name, "some password");
                found.Add(hasher.Verified);
                hasher.Verified = 0;
            }

            return found;
        });

        Assert.Equal([1, 1], counts);
    }

    private Task<Guid> IdAsync(string name) => web.UseAsync(async services => (await services.GetRequiredService<RefresherDb>().Users.SingleAsync(user => user.UserName == name)).Id);

    private async Task<string> CookieAsync(string user)
    {
        using var browser = web.Open();
        using var login = await browser.TryLogInAsync(user, WebUnderTest.Password);
        return CookieOf(login);
    }

    private static string CookieOf(HttpResponseMessage login) =>
        login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Single(cookie => cookie.StartsWith("refresher.session=", StringComparison.Ordinal));

    private static async Task<HttpStatusCode> AskAsync(WebUnderTest web, string cookie, string path = "/schedules")
    {
        using var browser = web.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", cookie } } };
        using var answer = await browser.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private sealed class CountingHasher : PasswordHasher<RefresherUser>
    {
        public int Verified { get; set; }

        public override PasswordVerificationResult VerifyHashedPassword(RefresherUser user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
