using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Limits;

namespace Refresher.Api.Limits;

/// <summary>Limits: how many runs of a kind, a queue or a concurrency key may go on at once, or begin within a time.</summary>
internal static class LimitsApi
{
    public static void MapLimits(this IEndpointRouteBuilder routes)
    {
        var limits = routes.MapGroup("/limits").WithTags("Limits");
        limits.MapGet("/", ListAsync).WithSummary("Lists the limits and how they are used now, with the concurrency keys in use that have none of their own.");
        limits.MapPut("/{scope}/{**name}", SetAsync).WithSummary("Sets a limit: a concurrency, a rate within a time, or both. Scope: kind, queue or key. It acts within a second and ends nothing that goes on.");
        limits.MapDelete("/{scope}/{**name}", DeleteAsync).WithSummary("Takes a limit away; what waits for it goes on.");
    }

    private static async Task<Ok<Page<LimitUse>>> ListAsync(LimitQueries limits, CancellationToken cancel) =>
        TypedResults.Ok(new Page<LimitUse>(await limits.ListAsync(cancel), null));

    private static async Task<Results<Ok<LimitView>, ProblemHttpResult>> SetAsync(
        string scope, string name, JsonBody<LimitInput> body, LimitCommands commands, CancellationToken cancel)
    {
        if (!Words<LimitScope>.TryParse(scope, out var read))
        {
            return NoScope(scope);
        }

        var set = await commands.SetAsync(read, name, body.Value, cancel);
        return set.Value is { } limit ? TypedResults.Ok(LimitView.Of(limit)) : Problems.Of(set, "limit", $"{scope}/{name}");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string scope, string name, LimitCommands commands, CancellationToken cancel)
    {
        if (!Words<LimitScope>.TryParse(scope, out var read))
        {
            return NoScope(scope);
        }

        var deleted = await commands.DeleteAsync(read, name, cancel);
        return deleted.Value is null ? Problems.Of(deleted, "limit", $"{scope}/{name}") : TypedResults.NoContent();
    }

    private static ProblemHttpResult NoScope(string scope) =>
        Problems.Invalid(new FieldErrors().Add("scope", $"scope: '{scope}' is none of {string.Join(", ", Words<LimitScope>.All)}."));
}

/// <summary>A limit as it was set.</summary>
internal sealed record LimitView(LimitScope Scope, string Name, int? Concurrency, int? Rate, TimeSpan? Per, DateTimeOffset UpdatedAt)
{
    public static LimitView Of(Limit limit) => new(limit.Scope, limit.Name, limit.Concurrency, limit.Rate, limit.Per, limit.UpdatedAt);
}
