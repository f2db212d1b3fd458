using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;
using Refresher.Web.Tests.Pages;

namespace Refresher.Web.Tests.Access;

public sealed partial class SecondFactorTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Page = "/account/second-factor";

    [Fact]
    public async Task Once_it_is_on_a_login_needs_a_code_and_each_code_works_once()
    {
        var (browser, recovery) = await TurnOnAsync("careful");
        browser.Dispose();
        using var login = web.Open();
        using var first = await login.TryLogInAsync("careful", WebUnderTest.Password, "?returnUrl=%2Fruns");
        Assert.Equal("/login/code?returnUrl=%2Fruns", Local(first));
        using var notYet = await login.GetAsync("/runs");
        Assert.Equal(HttpStatusCode.Redirect, notYet.StatusCode);
        using var wrong = await CodeAsync(login, "000000x");
        Assert.Contains("The code is wrong", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var right = await CodeAsync(login, recovery[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal), "?returnUrl=%2Fruns");

        Assert.Equal("/runs", Local(right));
        Assert.Contains("Runs", await login.ReadAsync("/runs"), StringComparison.Ordinal);
        using var again = web.Open();
        using var password = await again.TryLogInAsync("careful", WebUnderTest.Password);
        using var replayed = await CodeAsync(again, recovery[0]);
        Assert.Contains("The code is wrong", await replayed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_the_app_is_taken_by_one_of_many_that_send_it_at_once()
    {
        await web.AddUserAsync("raced", Roles.Viewer);
        var (user, code) = await web.UseAsync(async services =>
        {
            var db = services.GetRequiredService<RefresherDb>();
            var found = await db.Users.SingleAsync(u => u.UserName == "raced");
            var factor = services.GetRequiredService<SecondFactor>();
            var setup = factor.Begin(found);
            var step = TotpCodes.StepOf(services.GetRequiredService<TimeProvider>().GetUtcNow());
            Assert.NotNull(await factor.TurnOnAsync(found, setup, TotpCodes.Code(setup.Secret, step), default));
            Assert.False(await factor.TakeAsync(found, TotpCodes.Code(setup.Secret, step), default));
            return (found.Id, TotpCodes.Code(setup.Secret, step + 1));
        });

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => web.UseAsync(async services =>
            await services.GetRequiredService<SecondFactor>().TakeAsync(await services.GetRequiredService<RefresherDb>().Users.SingleAsync(u => u.Id == user), code, default))));

        Assert.Equal(1, taken.Count(one => one));
    }

    [Fact]
    public async Task Secrets_are_sealed_where_they_are_stored_and_recovery_codes_are_hashes()
    {
        var (browser, recovery) = await TurnOnAsync("stored");
        browser.Dispose();

        var row = await web.UseAsync(services => services.GetRequiredService<RefresherDb>().Users.AsNoTracking().SingleAsync(user => user.UserName == "stored"));

        Assert.Equal((true, SecondFactor.RecoveryCodes), (row.TwoFactorEnabled, row.RecoveryCodes.Length));
        Assert.StartsWith("CfDJ8", row.AuthenticatorKey, StringComparison.Ordinal);
        Assert.All(row.RecoveryCodes, hash => Assert.Equal(32, hash.Length));
        Assert.Equal(SecondFactor.RecoveryCodes, recovery.Distinct().Count());
    }

    [Fact]
    public async Task A_ticket_is_good_for_its_user_alone()
    {
        await web.AddUserAsync("ticket-one", Roles.Viewer);
        await web.AddUserAsync("ticket-two", Roles.Viewer);
        await web.UseAsync(async services =>
        {
            var (db, factor) = (services.GetRequiredService<RefresherDb>(), services.GetRequiredService<SecondFactor>());
            var ticket = factor.Begin(await db.Users.SingleAsync(u => u.UserName == "ticket-one")).Ticket;

            Assert.NotNull(factor.Resume(await db.Users.SingleAsync(u => u.UserName == "ticket-one"), ticket));
            Assert.Null(factor.Resume(await db.Users.SingleAsync(u => u.UserName == "ticket-two"), ticket));
            Assert.Null(factor.Resume(await db.Users.SingleAsync(u => u.UserName == "ticket-one"), "nonsense"));
        });
    }

    [Fact]
    public async Task Wrong_codes_lock_the_user_and_a_password_alone_does_not_reset_their_count()
    {
        var (browser, recovery) = await TurnOnAsync("locked-by-codes");
        browser.Dispose();
        using var login = web.Open();
        for (var i = 0; i < PasswordRules.LockoutAfter; i++)
        {
            using var password = await login.TryLogInAsync("locked-by-codes", WebUnderTest.Password);
            using var wrong = await CodeAsync(login, $"{i:D6}");
        }

        using var right = await CodeAsync(login, recovery[0]);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Contains("locked", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_ends_a_login_that_is_halfway()
    {
        var (owner, recovery) = await TurnOnAsync("halfway");
        using var thief = web.Open();
        using var first = await thief.TryLogInAsync("halfway", WebUnderTest.Password);
        using var changed = await owner.SendAsync("/account", "/account", ("_handler", "password"), ("Form.Current", WebUnderTest.Password), ("Form.New", "quite another horse"), ("Form.Again", "quite another horse"));
        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        owner.Dispose();

        using var code = await CodeAsync(thief, recovery[0]);

        Assert.Equal(HttpStatusCode.OK, code.StatusCode);
    }

    [Fact]
    public async Task Without_a_password_before_it_there_is_no_code_to_enter()
    {
        using var browser = web.Open();

        using var answer = await browser.GetAsync("/login/code");

        Assert.Equal("/login", Local(answer));
    }

    [Fact]
    public async Task It_is_turned_off_with_the_password_alone_and_by_an_admin_s_reset()
    {
        var (browser, _) = await TurnOnAsync("turned-off");
        using var wrong = await browser.SendAsync(Page, Page, ("_handler", "begin"), ("password", "nonsense"), ("do", "off"));
        Assert.Contains("The password is wrong", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var off = await browser.SendAsync(Page, Page, ("_handler", "begin"), ("password", WebUnderTest.Password), ("do", "off"));
        Assert.Contains("The second factor is off.", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        browser.Dispose();

        var (second, _) = await TurnOnAsync("reset-one");
        second.Dispose();
        var made = await web.UseAsync(async services =>
        {
            var id = (await services.GetRequiredService<RefresherDb>().Users.SingleAsync(user => user.UserName == "reset-one")).Id;
            return (await services.GetRequiredService<UserCommands>().ResetAsync(id, default)).Value!;
        });
        using var login = web.Open();
        await login.LogInAsync("reset-one", made.Password);
        using var front = await login.GetAsync("/");
        Assert.Equal("/account", Local(front));
    }

    private async Task<(Browser Browser, IReadOnlyList<string> Recovery)> TurnOnAsync(string name)
    {
        await web.AddUserAsync(name, Roles.Viewer);
        var browser = web.Open();
        await browser.LogInAsync(name, WebUnderTest.Password);
        using var begun = await browser.SendAsync(Page, Page, ("_handler", "begin"), ("password", WebUnderTest.Password), ("do", "on"));
        var html = await begun.Content.ReadAsStringAsync();
        Site.AssertClean(Page, html);
        Assert.Contains("<svg class=\"qr\"", html, StringComparison.Ordinal);
        var ticket = Ticket().Match(html).Groups[1].Value;
        var code = await web.UseAsync(async services =>
        {
            var user = await services.GetRequiredService<RefresherDb>().Users.SingleAsync(u => u.UserName == name);
            var secret = services.GetRequiredService<SecondFactor>().Resume(user, ticket)!.Secret;
            Assert.Contains(string.Join(' ', TotpCodes.Write(secret).Chunk(4).Select(group => new string(group))), html, StringComparison.Ordinal);
            return TotpCodes.Code(secret, TotpCodes.StepOf(services.GetRequiredService<TimeProvider>().GetUtcNow()));
        });
        using var wrong = await browser.SendAsync(Page, Page, ("_handler", "confirm"), ("ticket", ticket), ("code", code == "123456" ? "654321" : "123456"));
        Assert.Contains("That is not the code of this moment", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var confirmed = await browser.SendAsync(Page, Page, ("_handler", "confirm"), ("ticket", ticket), ("code", code));
        var recovery = RecoveryCode().Matches(await confirmed.Content.ReadAsStringAsync()).Select(match => match.Value).ToArray();
        Assert.Equal(SecondFactor.RecoveryCodes, recovery.Length);
        return (browser, recovery);
    }

    private static Task<HttpResponseMessage> CodeAsync(Browser browser, string code, string query = "") => browser.SendAsync("/login/code" + query, "/login/code" + query, ("_handler", "code"), ("Form.Code", code));

    private static string Local(HttpResponseMessage answer)
    {
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
    }

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]+)\"")]
    private static partial Regex Ticket();

    [GeneratedRegex("[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}")]
    private static partial Regex RecoveryCode();
}
