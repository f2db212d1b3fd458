using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;
using Refresher.Core.Http;

namespace Refresher.Web.Access;

/// <summary>What a step of a login came to.</summary>
internal enum LoginStep
{
    /// <summary>Wrong, or locked: which of them is not told.</summary>
    Refused,

    /// <summary>The password was right, and a code is needed.</summary>
    CodeNeeded,

    Done,
}

/// <summary>A login: the password, then a code where the user has a second factor. Each end of one is in the audit.</summary>
internal sealed class Logins(Credentials credentials, SecondFactor factor, SessionCookie cookie, UserManager<RefresherUser> users, LoginRecord record, TimeProvider clock, RefresherDb db, IHttpContextAccessor accessor)
{
    /// <summary>The scheme of those whose password was right and who have not given a code yet.</summary>
    public const string HalfwayScheme = "halfway";

    private const string Stamp = "refresher:stamp";
    private const string Remember = "remember";

    private static readonly TimeSpan HalfwayFor = TimeSpan.FromMinutes(5);

    private HttpContext Http => accessor.HttpContext!;

    public static void ConfigureHalfway(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "refresher.halfway";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookies();
        options.ExpireTimeSpan = HalfwayFor;
        options.SlidingExpiration = false;
    }

    public async Task<LoginStep> WithPasswordAsync(string name, string password, bool remember)
    {
        if (await credentials.CheckAsync(name, password) is not { } user)
        {
            await record.FailedAsync(await FindAsync(name), ClientAddress.Of(Http), "password", Http.RequestAborted);
            return LoginStep.Refused;
        }

        if (!user.TwoFactorEnabled)
        {
            await FinishAsync(user, remember, "password");
            return LoginStep.Done;
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.Id.ToString()), new(Stamp, user.SecurityStamp ?? "")], HalfwayScheme);
        await Http.SignInAsync(HalfwayScheme, new ClaimsPrincipal(identity), new AuthenticationProperties(new Dictionary<string, string?> { [Remember] = remember ? "yes" : null }));
        return LoginStep.CodeNeeded;
    }

    /// <summary>Whether a password was given a moment ago.</summary>
    public async Task<bool> IsHalfwayAsync() => (await Http.AuthenticateAsync(HalfwayScheme)).Succeeded;

    public async Task<LoginStep> WithCodeAsync(string code)
    {
        var halfway = await Http.AuthenticateAsync(HalfwayScheme);
        var user = SessionCookie.UserIdOf(halfway.Principal ?? new()) is { } id ? await users.FindByIdAsync(id.ToString()) : null;
        if (user is null || !user.TwoFactorEnabled || halfway.Principal!.FindFirstValue(Stamp) != user.SecurityStamp || await credentials.IsLockedAsync(user))
        {
            return LoginStep.Refused;
        }

        if (!await factor.TakeAsync(user, code, Http.RequestAborted))
        {
            await credentials.CountWrongAsync(user);
            await record.FailedAsync(user, ClientAddress.Of(Http), "code", Http.RequestAborted);
            return LoginStep.Refused;
        }

        await Http.SignOutAsync(HalfwayScheme);
        await FinishAsync(user, halfway.Properties?.Items.ContainsKey(Remember) is true && halfway.Properties.Items[Remember] == "yes", "password and code");
        return LoginStep.Done;
    }

    private async Task FinishAsync(RefresherUser user, bool remember, string with)
    {
        await credentials.ForgetWrongAsync(user);
        user.LastLoginAt = clock.GetUtcNow();
        await db.SaveChangesAsync(Http.RequestAborted);
        await cookie.BeginAsync(user, remember);
        await record.SucceededAsync(user, ClientAddress.Of(Http), with, Http.RequestAborted);
    }

    private async Task<RefresherUser?> FindAsync(string name) => name.Contains('\0', StringComparison.Ordinal) ? null : await users.FindByNameAsync(name);
}
