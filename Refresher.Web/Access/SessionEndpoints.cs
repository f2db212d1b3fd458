using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Access;
using Refresher.Ui;
using Refresher.Web.Hosting;

namespace Refresher.Web.Access;

/// <summary>The ends of sessions, and the look, which a visitor may choose too.</summary>
internal static class SessionEndpoints
{
    public static IEndpointRouteBuilder MapSession(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("").RequireAntiforgery();
        forms.MapPost("/logout", async (SignInManager<RefresherUser> session) =>
        {
            await session.SignOutAsync();
            return Results.LocalRedirect("/login");
        }).RequireAuthorization();
        forms.MapPost("/theme", (HttpContext http, [FromForm] string? theme, [FromForm(Name = "return")] string? back) =>
        {
            Theme.Keep(http, theme);
            return Results.LocalRedirect(Requests.LocalOr(back));
        }).AllowAnonymous();
        return routes;
    }
}
