using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Refresher.Core.Access;

namespace Refresher.Core.Http;

/// <summary>Where the end points of the Api stand, those of kinds too.</summary>
public static class ApiGroup
{
    public const string Base = "/api/v1";

    /// <summary>A group below <see cref="Base"/> which asks for a key that may (<see cref="Policies.RequireByMethod"/>), whose input is checked before its handlers are called, and whose answers come in time.</summary>
    public static RouteGroupBuilder MapApiGroup(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Base);
        api.AddEndpointFilter<RefuseWrongInput>()
            .WithRequestTimeout(AnswerTime.Policy)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        return api.RequireByMethod();
    }
}
