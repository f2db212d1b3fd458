using Microsoft.AspNetCore.Mvc;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Keys;
using Refresher.Core.Access.Users;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of users, sessions and keys do: for admins.</summary>
internal static class UserActions
{
    public static void MapUsers(RouteGroupBuilder actions)
    {
        var users = actions.MapGroup("/users/{id:guid}").RequireAuthorization(Policies.Administer);
        users.MapPost("/role", async (HttpContext http, Guid id, [FromForm] string? role, UserCommands commands) =>
            http.Back(await commands.SetRoleAsync(id, role, http.RequestAborted), user => $"{user.UserName} is {role} now, in all sessions."));
        users.MapPost("/unlock", async (HttpContext http, Guid id, UserCommands commands) =>
            http.Back(await commands.UnlockAsync(id, http.RequestAborted), user => $"{user.UserName} may log in again."));
        users.MapPost("/delete", async (HttpContext http, Guid id, UserCommands commands) => Leave(http, await commands.DeleteAsync(id, http.RequestAborted)));
        users.MapPost("/sessions/end", async (HttpContext http, Guid id, UserCommands commands) =>
            http.Back(await commands.EndSessionsAsync(id, null, http.RequestAborted), user => $"All sessions of {user.UserName} are ended."));
        users.MapPost("/sessions/{session:guid}/end", async (HttpContext http, Guid id, Guid session, UserCommands commands) =>
            http.Back(await commands.EndSessionAsync(id, session, http.RequestAborted), user => $"The session of {user.UserName} is ended."));
        actions.MapPost("/keys/{id:guid}/revoke", async (HttpContext http, Guid id, KeyCommands commands) =>
            http.Back(await commands.RevokeAsync(id, http.RequestAborted), key => $"The key {key.Name} is withdrawn: within seconds it is refused everywhere.")).RequireAuthorization(Policies.Administer);
    }

    private static IResult Leave(HttpContext http, Result<RefresherUser> result)
    {
        if (result.Value is not { } user)
        {
            return http.Back(result, _ => "");
        }

        new Flash($"{user.UserName} is deleted, and all sessions of that user are ended.").Leave(http);
        return Results.LocalRedirect("/users");
    }
}
