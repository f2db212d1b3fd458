using Microsoft.AspNetCore.Antiforgery;
using Refresher.Core.Access;

namespace Refresher.Web.Access;

/// <summary>Who may come in: cookies that name a session, readable by every instance of Web.</summary>
internal static class AccessSetup
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddScoped<Logins>().AddScoped<SessionCookie>();
        services.AddAuthentication(SessionCookie.Scheme)
            .AddCookie(SessionCookie.Scheme, SessionCookie.Configure)
            .AddCookie(Logins.HalfwayScheme, Logins.ConfigureHalfway);
        services.AddAuthorization(Policies.Add);
        services.AddAntiforgery(Antiforgery);
        services.AddLoginRateLimit(builder.Configuration);
        return builder;
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
