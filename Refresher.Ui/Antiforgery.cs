using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Ui;

/// <summary>Forged forms are refused at every end point that changes something, whether it binds a form or not.</summary>
public static class AntiforgeryEndpoints
{
    public static RouteGroupBuilder RequireAntiforgery(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
            await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context.HttpContext)
                ? await next(context)
                : Results.Problem("The form is too old or was not made here. Load the page again.", statusCode: StatusCodes.Status400BadRequest));
        return group;
    }
}
