using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Contract;

namespace Refresher.Api.Alerts;

/// <summary>Channels: where alerts go. Secrets are taken and never given back.</summary>
internal static class ChannelsApi
{
    public static void MapChannels(this IEndpointRouteBuilder routes)
    {
        var channels = routes.MapGroup("/channels").WithTags("Channels").RequireByMethod(changes: Policies.Administer);
        channels.MapGet("/", ListAsync).WithSummary("Lists channels by name, their secrets masked.");
        channels.MapPost("/", CreateAsync).WithSummary("Makes a channel of one of the kinds of /channels/kinds.");
        channels.MapGet("/kinds", ListKinds).WithSummary("Lists the kinds of channels with the JSON schema of their settings.");
        channels.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a channel, its secrets masked.");
        channels.MapPut("/{id:guid}", ReplaceAsync).WithSummary("Replaces a channel's name, settings and whether it is enabled; a secret sent as its mask stays as it is.");
        channels.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes a channel that no rule sends to; what waits for it is given up.");
        channels.MapPost("/{id:guid}/test", TestAsync).WithSummary("Sends a real message now, and answers with what the provider says: within 30 s.").WithRequestTimeout(AnswerTime.LongPolicy).RequireAuthorization(Policies.Operate);
    }

    private static async Task<Ok<Page<ChannelView>>> ListAsync(ChannelQueries channels, ChannelKinds kinds, CancellationToken cancel) =>
        TypedResults.Ok(new Page<ChannelView>([.. (await channels.ListAsync(cancel)).Select(channel => ChannelView.Of(channel, kinds))], null));

    private static Ok<Page<ChannelKindView>> ListKinds(ChannelKinds kinds) => TypedResults.Ok(new Page<ChannelKindView>([.. kinds.All.Select(kind => ChannelKindView.Of(kind.Shape))], null));

    private static async Task<Results<Created<ChannelView>, ProblemHttpResult>> CreateAsync(JsonBody<ChannelInput> body, ChannelCommands commands, ChannelKinds kinds, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } channel ? TypedResults.Created($"{ApiRoutes.Base}/channels/{channel.Id}", ChannelView.Of(channel, kinds)) : Problems.Of(made, "channel", "");
    }

    private static async Task<Results<Ok<ChannelView>, ProblemHttpResult>> GetAsync(Guid id, ChannelQueries channels, ChannelKinds kinds, CancellationToken cancel) =>
        await channels.FindAsync(id, cancel) is { } channel ? TypedResults.Ok(ChannelView.Of(channel, kinds)) : Problems.NotFound("channel", id.ToString());

    private static async Task<Results<Ok<ChannelView>, ProblemHttpResult>> ReplaceAsync(
        Guid id, JsonBody<ChannelInput> body, ChannelCommands commands, ChannelKinds kinds, CancellationToken cancel)
    {
        var replaced = await commands.ReplaceAsync(id, body.Value, cancel);
        return replaced.Value is { } channel ? TypedResults.Ok(ChannelView.Of(channel, kinds)) : Problems.Of(replaced, "channel", id.ToString());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, ChannelCommands commands, CancellationToken cancel)
    {
        var deleted = await commands.DeleteAsync(id, cancel);
        return deleted.Value is not null ? TypedResults.NoContent() : Problems.Of(deleted, "channel", id.ToString());
    }

    private static async Task<Results<Ok<AnswerView>, ProblemHttpResult>> TestAsync(Guid id, ChannelCommands commands, CancellationToken cancel)
    {
        var tested = await commands.TestAsync(id, cancel);
        return tested.Value is { } answer ? TypedResults.Ok(new AnswerView(answer.Outcome == SendOutcome.Sent, answer.Outcome, answer.Status, answer.Text)) : Problems.Of(tested, "channel", id.ToString());
    }
}

/// <summary>A channel as the Api shows it.</summary>
/// <param name="Settings">With every secret masked.</param>
/// <param name="Goes">Where it goes, in a few words.</param>
internal sealed record ChannelView(Guid Id, string Name, string Kind, JsonNode? Settings, bool Enabled, string Goes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ChannelView Of(Channel channel, ChannelKinds kinds)
    {
        var settings = kinds.TryFind(channel.Kind, out var kind) ? JsonNode.Parse(SecretOptions.Hide(kind.Shape, channel.Settings)) : null;
        return new(channel.Id, channel.Name, channel.Kind, settings, channel.Enabled, kinds.Describe(channel.Kind, channel.Settings), channel.CreatedAt, channel.UpdatedAt);
    }
}

/// <summary>A kind of channel.</summary>
/// <param name="Settings">JSON schema of the settings; secrets are <c>writeOnly</c>.</param>
internal sealed record ChannelKindView(string Name, string Title, string Description, JsonNode Settings)
{
    public static ChannelKindView Of(OptionsShape shape) => new(shape.Name, shape.Title, shape.Description, KindOptions.Schema(shape));
}

/// <summary>What came of a test.</summary>
/// <param name="Status">The provider's status code; null without an answer.</param>
/// <param name="Answer">The provider's words, or why there were none.</param>
internal sealed record AnswerView(bool Sent, SendOutcome Outcome, int? Status, string Answer);
