using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Access;

/// <summary>Tells the scope of a request who acts in it.</summary>
public static class ActorOfRequest
{
    /// <summary>Stands after the authentication.</summary>
    /// <param name="kind">What those are who come in here.</param>
    public static IApplicationBuilder UseActor(this IApplicationBuilder app, ActorKind kind) => app.Use((http, next) =>
    {
        if (http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name })
        {
            http.RequestServices.GetRequiredService<Actor>().Become(kind, name);
        }

        return next(http);
    });
}
