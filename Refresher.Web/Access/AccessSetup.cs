using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Ui;

namespace Refresher.Web.Access;

/// <summary>Who may come in: cookies over ASP.NET Core Identity, readable by every instance of Web.</summary>
internal static class AccessSetup
{
    /// <summary>Wrong passwords before a user is locked, and for how long.</summary>
    public const int LockoutAfter = 5;

    public static readonly TimeSpan LockoutFor = TimeSpan.FromMinutes(5);

    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddIdentityCore<RefresherUser>(Identity)
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<RefresherDb>()
            .AddSignInManager();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, Cookie);

        // A changed password or role ends other sessions within this time; each check is one read by primary key.
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthorization(Policies.Add);
        services.AddAntiforgery(Antiforgery);
        services.AddLoginRateLimit(builder.Configuration);
        return builder;
    }

    private static void Identity(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = false;
        options.Password = new PasswordOptions
        {
            RequiredLength = 12,
            RequireDigit = false,
            RequireLowercase = false,
            RequireUppercase = false,
            RequireNonAlphanumeric = false,
            RequiredUniqueChars = 4,
        };
        options.Lockout.MaxFailedAccessAttempts = LockoutAfter;
        options.Lockout.DefaultLockoutTimeSpan = LockoutFor;
    }

    private static void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "refresher.session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromDays(14);
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.LogoutPath = "/logout";
        options.AccessDeniedPath = "/forbidden";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
        options.Events.OnRedirectToLogin = context => AskToLogIn(context.HttpContext, context.RedirectUri);
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

    private static void Antiforgery(AntiforgeryOptions options)
    {
        options.Cookie.Name = "refresher.forms";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

        // The pages' own headers are stricter (SecurityHeaders).
        options.SuppressXFrameOptionsHeader = true;
    }
}
