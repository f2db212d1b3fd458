using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Ui;

/// <summary>Forged forms are refused at every end point that changes something, whether it binds a form or not.</summary>
public static class AntiforgeryEndpoints
{
    public static RouteGroupBuilder RequireAntiforgery(this RouteGroupBuilder group)
    {
        // This filter alone decides: the framework's own check of end points that bind a form would have a refused one answered by a page, for which the form is read once more, and throws.
        group.DisableAntiforgery();
        group.AddEndpointFilter(async (context, next) =>
            await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context.HttpContext)
                ? await next(context)
                : Results.Problem("The form is too old or was not made here. Load the page again.", statusCode: StatusCodes.Status400BadRequest));
        return group;
    }
}
