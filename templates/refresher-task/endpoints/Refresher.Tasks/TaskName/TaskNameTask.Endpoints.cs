using Microsoft.AspNetCore.Routing;

namespace Refresher.Tasks.TaskName;

public sealed partial class TaskNameTask
{
    public static void MapEndpoints(IEndpointRouteBuilder endpoints) => TaskNameEndpoints.Map(endpoints);
}
