using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;
using Refresher.Core.Contract;
using Refresher.Core.Http;
using Refresher.Ui;

namespace Refresher.Web.Access;

/// <summary>The cookie of a session. It names a row, and nothing in it says what one may do: that is read with the row.</summary>
internal sealed class SessionCookie(UserSessions sessions, IHttpContextAccessor accessor)
{
    public const string Scheme = "session";

    /// <summary>The claim with the id of the session.</summary>
    private const string Id = "refresher:session";

    private HttpContext Http => accessor.HttpContext!;

    public static Guid? IdOf(ClaimsPrincipal who) => Guid.TryParse(who.FindFirstValue(Id), out var id) ? id : null;

    public static Guid? UserIdOf(ClaimsPrincipal who) => Guid.TryParse(who.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "refresher.session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookies();
        options.ExpireTimeSpan = UserSessions.Idle;
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.AccessDeniedPath = "/forbidden";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context => AskToLogIn(context.HttpContext, context.RedirectUri);
        options.Events.OnRedirectToAccessDenied = context => SayNo(context.HttpContext, context.RedirectUri);
    }

    /// <summary>Begins a session of its own for each login: a cookie from before is never taken over.</summary>
    public async Task BeginAsync(RefresherUser user, bool remember)
    {
        var id = await sessions.BeginAsync(user.Id, ClientAddress.Of(Http), Http.Request.Headers.UserAgent, Http.RequestAborted);
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.Id.ToString()), new(ClaimTypes.Name, user.UserName!), new(Id, id.ToString())], Scheme);
        await Http.SignInAsync(Scheme, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = remember });
    }

    /// <summary>Takes the cookie away; the row is the caller's affair.</summary>
    public async Task EndAsync()
    {
        if (IdOf(Http.User) is { } id)
        {
            sessions.Forget(id);
        }

        await Http.SignOutAsync(Scheme);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        try
        {
            var sessions = http.RequestServices.GetRequiredService<UserSessions>();
            if (context.Principal is { } who && IdOf(who) is { } id && await sessions.FindAsync(id, http.RequestAborted) is { } state && state.UserId == UserIdOf(who))
            {
                context.ReplacePrincipal(Principal(id, state));
                return;
            }

            context.RejectPrincipal();
            await http.SignOutAsync(Scheme);
        }
        catch (NpgsqlException) when (http.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null)
        {
            // What is for everybody needs no database to know who asks.
            context.RejectPrincipal();
        }
    }

    private static ClaimsPrincipal Principal(Guid id, SessionState state)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, state.UserId.ToString()), new(ClaimTypes.Name, state.UserName), new(Id, id.ToString())], Scheme);
        if (state.Role is { } role)
        {
            identity.AddClaim(new(ClaimTypes.Role, role));
        }

        if (state.MustChangePassword)
        {
            identity.AddClaim(new(Policies.PasswordIsDue, "yes"));
        }

        return new ClaimsPrincipal(identity);
    }

    /// <summary>A page goes to the login, the front to what is published for visitors; what scripts ask for gets an answer that they understand.</summary>
    private static async Task AskToLogIn(HttpContext http, string login)
    {
        if (http.Request.IsFragment())
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers["HX-Redirect"] = "/login";
        }
        else if (http.Request.Path.StartsWithSegments("/live"))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            http.Response.Redirect(http.Request.Path == "/" && await FrontPageAsync(http) is { } page ? page : login);
        }
    }

    /// <summary>Who has to change the password first is led there; everybody else is told that the role does not allow it.</summary>
    private static Task SayNo(HttpContext http, string forbidden)
    {
        var to = http.User.HasClaim(claim => claim.Type == Policies.PasswordIsDue) ? "/account" : forbidden;
        if (http.Request.IsFragment())
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.Headers["HX-Redirect"] = to;
        }
        else
        {
            http.Response.Redirect(to);
        }

        return Task.CompletedTask;
    }

    private static async Task<string?> FrontPageAsync(HttpContext http)
    {
        foreach (var front in http.RequestServices.GetServices<IFrontPage>())
        {
            if (await front.FindAsync(http.RequestAborted) is { } path)
            {
                return path;
            }
        }

        return null;
    }
}
