using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Keys;

namespace Refresher.Api.Access;

/// <summary>Keys to the Api: for keys of admins. A key's text is told in the answer that made it, and never again.</summary>
internal static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/keys").WithTags("Keys").RequireAuthorization(Policies.Administer);
        keys.MapGet("/", ListAsync).WithSummary("Lists keys by name, without their text.");
        keys.MapPost("/", CreateAsync).WithSummary("Makes a key with a role and, if wanted, an end; the answer has its text.");
        keys.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a key without its text.");
        keys.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Withdraws a key: it is refused everywhere within seconds.");
    }

    private static async Task<Ok<Page<KeyView>>> ListAsync(KeyQueries keys, CancellationToken cancel) => TypedResults.Ok(new Page<KeyView>([.. (await keys.ListAsync(cancel)).Select(key => KeyView.Of(key))], null));

    private static async Task<Results<Created<KeyView>, ProblemHttpResult>> CreateAsync(JsonBody<KeyInput> body, KeyCommands commands, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } key ? TypedResults.Created($"{ApiRoutes.Base}/keys/{key.Key.Id}", KeyView.Of(key.Key, key.Text)) : Problems.Of(made, "key", "");
    }

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> GetAsync(Guid id, KeyQueries keys, CancellationToken cancel) =>
        await keys.FindAsync(id, cancel) is { } key ? TypedResults.Ok(KeyView.Of(key)) : Problems.NotFound("key", id.ToString());

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, KeyCommands commands, CancellationToken cancel)
    {
        var revoked = await commands.RevokeAsync(id, cancel);
        return revoked.Value is null ? Problems.Of(revoked, "key", id.ToString()) : TypedResults.NoContent();
    }
}

/// <summary>A key as the Api shows it.</summary>
/// <param name="LastUsedAt">To the minute.</param>
/// <param name="Key">Its text, in the answer that made it alone.</param>
internal sealed record KeyView(Guid Id, string Name, string Role, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, string? Key)
{
    public static KeyView Of(ApiKey key, string? text = null) => new(key.Id, key.Name, key.Role, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.LastUsedAt, text);
}
