using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Runs;

namespace Refresher.Api.Kinds;

/// <summary>The kinds of the program: what can be scheduled, and with which options.</summary>
internal static class KindsApi
{
    public static void MapKinds(this IEndpointRouteBuilder routes)
    {
        var kinds = routes.MapGroup("/kinds").WithTags("Kinds");
        kinds.MapGet("/", List).WithSummary("Lists what can be run, with the JSON schema of its options.");
        kinds.MapGet("/{name}", Get).WithSummary("Shows a kind.");
    }

    private static Ok<Page<KindView>> List(KindCatalog kinds) => TypedResults.Ok(new Page<KindView>([.. kinds.Where(kind => kind.CanRun).Select(KindView.Of)], null));

    private static Results<Ok<KindView>, ProblemHttpResult> Get(string name, KindCatalog kinds) =>
        kinds.Find(name) is { CanRun: true } kind ? TypedResults.Ok(KindView.Of(kind)) : Problems.NotFound("kind", name);
}

/// <summary>A kind as the Api shows it.</summary>
/// <param name="Defaults">Options where nothing is said.</param>
/// <param name="Policies">Retry, time limit and what happens when a worker is lost, where nothing is said.</param>
/// <param name="Schema">JSON schema (draft 2020-12) of the options.</param>
internal sealed record KindView(string Name, string Title, string Description, JsonObject Defaults, EffectivePolicies Policies, JsonNode Schema)
{
    public static KindView Of(KindDescriptor kind) => new(
        kind.Name, kind.Title, kind.Description, KindOptions.Defaults(kind), EffectivePolicies.Of(new RunPolicies(), kind.Defaults), KindOptions.Schema(kind));
}
