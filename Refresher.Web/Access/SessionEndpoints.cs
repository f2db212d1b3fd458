using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;
using Refresher.Ui;
using Refresher.Web.Hosting;

namespace Refresher.Web.Access;

/// <summary>The ends of one's own sessions, and the look, which a visitor may choose too.</summary>
internal static class SessionEndpoints
{
    public static IEndpointRouteBuilder MapSession(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("").RequireAntiforgery();
        forms.MapPost("/logout", LogOutAsync).RequireAuthorization(Policies.Self);
        forms.MapPost("/account/sessions/{id:guid}/end", async (HttpContext http, Guid id, UserCommands commands) =>
            http.Back(await commands.EndSessionAsync(Own(http), id, http.RequestAborted), _ => "The session is ended: its browser has to log in again.")).RequireAuthorization(Policies.Self);
        forms.MapPost("/account/sessions/end-others", async (HttpContext http, UserCommands commands) =>
            http.Back((await commands.EndSessionsAsync(Own(http), SessionCookie.IdOf(http.User), http.RequestAborted)).Value is null ? "There is no other session." : "All other sessions are ended.")).RequireAuthorization(Policies.Self);
        forms.MapPost("/theme", (HttpContext http, [FromForm] string? theme, [FromForm(Name = "return")] string? back) =>
        {
            Theme.Keep(http, theme);
            return Results.LocalRedirect(Requests.LocalOr(back));
        }).AllowAnonymous();
        return routes;
    }

    private static async Task<IResult> LogOutAsync(HttpContext http, UserCommands commands, SessionCookie cookie)
    {
        if (SessionCookie.IdOf(http.User) is { } id)
        {
            await commands.EndSessionAsync(Own(http), id, http.RequestAborted);
        }

        await cookie.EndAsync();
        return Results.LocalRedirect("/login");
    }

    private static Guid Own(HttpContext http) => SessionCookie.UserIdOf(http.User) ?? throw new InvalidOperationException("A session has a user.");
}
