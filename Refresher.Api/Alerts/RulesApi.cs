using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Alerts;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Api.Alerts;

/// <summary>Rules: who is told of what, and when.</summary>
internal static class RulesApi
{
    public static void MapRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/rules").WithTags("Rules");
        rules.MapGet("/", ListAsync).WithSummary("Lists rules by name.");
        rules.MapPost("/", CreateAsync).WithSummary("Makes a rule; it looks at what happens from then on.");
        rules.MapGet("/conditions", ListConditions).WithSummary("Lists the conditions that rules can be set on.");
        rules.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a rule.");
        rules.MapPut("/{id:guid}", ReplaceAsync).WithSummary("Replaces a rule; what is left out becomes the default. It acts on what lasts already.");
        rules.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes a rule; what waits to be sent is still sent.");
    }

    private static async Task<Ok<Page<RuleView>>> ListAsync(RuleQueries rules, CancellationToken cancel) =>
        TypedResults.Ok(new Page<RuleView>([.. (await rules.ListAsync(cancel)).Select(RuleView.Of)], null));

    private static Ok<Page<AlertCondition>> ListConditions(ConditionCatalog conditions) => TypedResults.Ok(new Page<AlertCondition>(conditions.All, null));

    private static async Task<Results<Created<RuleView>, ProblemHttpResult>> CreateAsync(JsonBody<RuleInput> body, RuleCommands commands, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } rule ? TypedResults.Created($"{ApiRoutes.Base}/rules/{rule.Id}", RuleView.Of(rule)) : Problems.Of(made, "rule", "");
    }

    private static async Task<Results<Ok<RuleView>, ProblemHttpResult>> GetAsync(Guid id, RuleQueries rules, CancellationToken cancel) =>
        await rules.FindAsync(id, cancel) is { } rule ? TypedResults.Ok(RuleView.Of(rule)) : Problems.NotFound("rule", id.ToString());

    private static async Task<Results<Ok<RuleView>, ProblemHttpResult>> ReplaceAsync(Guid id, JsonBody<RuleInput> body, RuleCommands commands, CancellationToken cancel)
    {
        var replaced = await commands.ReplaceAsync(id, body.Value, cancel);
        return replaced.Value is { } rule ? TypedResults.Ok(RuleView.Of(rule)) : Problems.Of(replaced, "rule", id.ToString());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, RuleCommands commands, CancellationToken cancel)
    {
        var deleted = await commands.DeleteAsync(id, cancel);
        return deleted.Value is not null ? TypedResults.NoContent() : Problems.Of(deleted, "rule", id.ToString());
    }
}

/// <summary>A rule as the Api shows it; with a PUT it may be sent back without id and times.</summary>
internal sealed record RuleView(
    Guid Id, string Name, bool Enabled, IReadOnlyList<string> Conditions, IReadOnlyList<string> Tags, IReadOnlyList<string> Subjects, IReadOnlyList<Guid> Channels,
    TimeSpan After, int Times, TimeSpan? ReminderEvery, bool Recovery, QuietHours? QuietHours, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static RuleView Of(AlertRule rule) => new(
        rule.Id, rule.Name, rule.Enabled, rule.Conditions, rule.Tags, rule.Subjects, rule.Channels,
        rule.After, rule.Times, rule.ReminderEvery, rule.Recovery, rule.QuietHours, rule.CreatedAt, rule.UpdatedAt);
}
