using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;

namespace Refresher.Api.Access;

/// <summary>Users and their sessions: for keys of admins. A password is told in the answer that made it, and never again.</summary>
internal static class UsersApi
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/users").WithTags("Users").RequireAuthorization(Policies.Administer);
        users.MapGet("/", ListAsync).WithSummary("Lists users by name.");
        users.MapPost("/", CreateAsync).WithSummary("Makes a user; the answer has the first password, which has to be changed at the first login.");
        users.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a user.");
        users.MapPut("/{id:guid}", SetRoleAsync).WithSummary("Gives a user another role; it acts in all sessions within seconds.");
        users.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes a user; all sessions end.");
        users.MapPost("/{id:guid}/reset", ResetAsync).WithSummary("Makes a new password, takes the second factor and a lock away, and ends all sessions.");
        users.MapPost("/{id:guid}/unlock", UnlockAsync).WithSummary("Lifts the lock that too many wrong passwords brought.");
        users.MapGet("/{id:guid}/sessions", SessionsAsync).WithSummary("Lists the sessions that go on, the last used first.");
        users.MapDelete("/{id:guid}/sessions", EndAllAsync).WithSummary("Ends all sessions of a user.");
        users.MapDelete("/{id:guid}/sessions/{session:guid}", EndAsync).WithSummary("Ends a session: its cookie is refused everywhere within seconds.");
    }

    private static async Task<Ok<Page<UserView>>> ListAsync(Query<UserListQuery> query, UserQueries users, TimeProvider clock, CancellationToken cancel)
    {
        var page = await users.ListAsync(query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<UserView>([.. page.Items.Select(user => UserView.Of(user, clock.GetUtcNow()))], page.Next));
    }

    private static async Task<Results<Created<UserPasswordView>, ProblemHttpResult>> CreateAsync(JsonBody<UserInput> body, UserCommands commands, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } user ? TypedResults.Created($"{ApiRoutes.Base}/users/{user.User.Id}", UserPasswordView.Of(user)) : Problems.Of(made, "user", "");
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> GetAsync(Guid id, UserQueries users, TimeProvider clock, CancellationToken cancel) =>
        await users.FindAsync(id, cancel) is { } user ? TypedResults.Ok(UserView.Of(user, clock.GetUtcNow())) : NotThere(id);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> SetRoleAsync(
        Guid id, JsonBody<UserRoleInput> body, UserCommands commands, UserQueries users, TimeProvider clock, CancellationToken cancel) =>
        await ShowAsync(await commands.SetRoleAsync(id, body.Value.Role, cancel), id, users, clock, cancel);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, UserCommands commands, CancellationToken cancel) => Gone(await commands.DeleteAsync(id, cancel), "user", id);

    private static async Task<Results<Ok<UserPasswordView>, ProblemHttpResult>> ResetAsync(Guid id, UserCommands commands, CancellationToken cancel)
    {
        var reset = await commands.ResetAsync(id, cancel);
        return reset.Value is { } user ? TypedResults.Ok(UserPasswordView.Of(user)) : Problems.Of(reset, "user", id.ToString());
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> UnlockAsync(Guid id, UserCommands commands, UserQueries users, TimeProvider clock, CancellationToken cancel) =>
        await ShowAsync(await commands.UnlockAsync(id, cancel), id, users, clock, cancel);

    private static async Task<Results<Ok<Page<SessionView>>, ProblemHttpResult>> SessionsAsync(Guid id, UserQueries users, CancellationToken cancel) =>
        await users.FindAsync(id, cancel) is null ? NotThere(id) : TypedResults.Ok(new Page<SessionView>([.. (await users.SessionsAsync(id, cancel)).Select(SessionView.Of)], null));

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAllAsync(Guid id, UserCommands commands, CancellationToken cancel) =>
        Gone(await commands.EndSessionsAsync(id, null, cancel), "session of the user", id);

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(Guid id, Guid session, UserCommands commands, CancellationToken cancel) =>
        Gone(await commands.EndSessionAsync(id, session, cancel), "session", session);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> ShowAsync(Result<RefresherUser> result, Guid id, UserQueries users, TimeProvider clock, CancellationToken cancel) =>
        result.Value is null ? Problems.Of(result, "user", id.ToString())
        : await users.FindAsync(id, cancel) is { } user ? TypedResults.Ok(UserView.Of(user, clock.GetUtcNow()))
        : NotThere(id);

    private static Results<NoContent, ProblemHttpResult> Gone(Result<RefresherUser> result, string what, Guid id) => result.Value is null ? Problems.Of(result, what, id.ToString()) : TypedResults.NoContent();

    private static ProblemHttpResult NotThere(Guid id) => Problems.NotFound("user", id.ToString());
}

/// <summary>A user as the Api shows it.</summary>
/// <param name="SecondFactor">Whether each login asks for a code.</param>
/// <param name="MustChangePassword">Whether the next login has to begin with a new password.</param>
/// <param name="LockedUntil">Set while the user is locked after too many wrong passwords.</param>
/// <param name="Sessions">How many go on.</param>
internal sealed record UserView(Guid Id, string Name, string? Role, bool SecondFactor, bool MustChangePassword, DateTimeOffset? LockedUntil, DateTimeOffset? LastLoginAt, int Sessions)
{
    public static UserView Of(UserStanding standing, DateTimeOffset now) => new(
        standing.User.Id, standing.User.UserName!, standing.Role, standing.User.TwoFactorEnabled, standing.User.MustChangePassword,
        standing.User.LockoutEnd > now ? standing.User.LockoutEnd : null, standing.User.LastLoginAt, standing.Sessions);
}

/// <summary>The password that was made.</summary>
internal sealed record UserPasswordView(Guid Id, string Name, string Password)
{
    public static UserPasswordView Of(UserWithPassword made) => new(made.User.Id, made.User.UserName!, made.Password);
}

/// <summary>A session as the Api shows it.</summary>
internal sealed record SessionView(Guid Id, DateTimeOffset StartedAt, DateTimeOffset SeenAt, string? Address, string? Browser)
{
    public static SessionView Of(UserSession session) => new(session.Id, session.StartedAt, session.SeenAt, session.Address, session.Browser);
}

/// <summary>Which users to list.</summary>
internal sealed record UserListQuery(string? After, int Limit) : IQuery<UserListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After];

    public static UserListQuery Read(QueryReader query) => new(query.Text("after"), query.Limit());
}
