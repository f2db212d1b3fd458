using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Outbox;
using Refresher.Core.Outbox.Delivery;

namespace Refresher.Api.Events;

/// <summary>The event log: who reads it and how far they are, and what could not be handled.</summary>
internal static class EventsApi
{
    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/events").WithTags("Events").RequireByMethod(changes: Policies.Administer);
        events.MapGet("/", ShowAsync).WithSummary("Shows the topics, and every consumer with how far it is behind and why it does not come forward.");
        events.MapPost("/consumers/{name}/replay", ReplayAsync).WithSummary("Has a consumer read again what it has passed, from an instant or from the earliest that is kept. It knows again what it has acted on.");

        var letters = events.MapGroup("/dead-letters");
        letters.MapGet("/", ListAsync).WithSummary("Lists the events that a consumer could not handle, the latest first.");
        letters.MapPost("/replay", RetryAllAsync).WithSummary("Has a consumer handle all its dead letters once more.");
        letters.MapPost("/{id}/replay", RetryAsync).WithSummary("Has a dead letter handled once more: it is gone when it passes, and has a new reason when it fails.");
        letters.MapDelete("/{id}", DeleteAsync).WithSummary("Throws a dead letter away.");
    }

    private static async Task<Ok<EventLogView>> ShowAsync(EventQueries queries, CancellationToken cancel) =>
        TypedResults.Ok(new EventLogView(Topics.All, [.. (await queries.ReadersAsync(cancel)).Select(ConsumerView.Of)]));

    private static async Task<Results<Ok<ConsumerView>, ProblemHttpResult>> ReplayAsync(string name, JsonBody<ReplayInput>? body, EventCommands commands, CancellationToken cancel)
    {
        var replayed = await commands.ReplayAsync(name, body?.Value.From, cancel);
        return replayed.Value is { } reader ? TypedResults.Ok(ConsumerView.Of(reader)) : Problems.Of(replayed, "consumer", name);
    }

    private static async Task<Ok<Page<DeadLetterView>>> ListAsync(Query<DeadLetterQuery> query, EventQueries queries, CancellationToken cancel)
    {
        var (consumer, after, limit) = query.Value;
        var page = await queries.DeadLettersAsync(consumer, after, limit, cancel);
        return TypedResults.Ok(new Page<DeadLetterView>([.. page.Items.Select(DeadLetterView.Of)], page.Next));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RetryAsync(string id, EventCommands commands, CancellationToken cancel)
    {
        var asked = Guid.TryParse(id, out var letter) ? await commands.RetryAsync(letter, cancel) : Result<DeadLetter>.NotFound;
        return asked.Value is null ? Problems.Of(asked, "dead letter", id) : TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<Ok<RetriedView>, ProblemHttpResult>> RetryAllAsync(JsonBody<RetryInput> body, EventCommands commands, CancellationToken cancel) =>
        body.Value.Consumer is { Length: > 0 } consumer
            ? TypedResults.Ok(new RetriedView(await commands.RetryAllAsync(consumer, cancel)))
            : Problems.Invalid(new FieldErrors().Add("consumer", "consumer: say whose dead letters."));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string id, EventCommands commands, CancellationToken cancel)
    {
        var deleted = Guid.TryParse(id, out var letter) ? await commands.DeleteAsync(letter, cancel) : Result<DeadLetter>.NotFound;
        return deleted.Value is null ? Problems.Of(deleted, "dead letter", id) : TypedResults.NoContent();
    }
}

/// <summary>From when on to read again.</summary>
/// <param name="From">Null: from the earliest that is kept.</param>
internal sealed record ReplayInput(DateTimeOffset? From);

/// <summary>Whose dead letters.</summary>
internal sealed record RetryInput(string? Consumer);

/// <summary>How many are tried again.</summary>
internal sealed record RetriedView(int Count);

/// <summary>The event log.</summary>
internal sealed record EventLogView(IReadOnlyList<string> Topics, IReadOnlyList<ConsumerView> Consumers);

/// <summary>A reader of events, as the Api shows it.</summary>
/// <param name="Log">What it reads: outbox or broker.</param>
/// <param name="Lag">Events before it; null: not known.</param>
/// <param name="Age">Seconds since the oldest event before it was written; null: there is none.</param>
/// <param name="Failing">Why it does not come forward; null: it does.</param>
internal sealed record ConsumerView(
    string Name, string Log, IReadOnlyList<string> Topics, long? Position, long? Lag, double? Age, string? Failing, DateTimeOffset? FailingSince, DateTimeOffset? MovedAt, DateTimeOffset SeenAt, long DeadLetters)
{
    public static ConsumerView Of(EventReaderView reader) => new(
        reader.Name, reader.Log, reader.Topics, reader.Position, reader.Lag, reader.Age?.TotalSeconds, reader.Failing, reader.FailingSince, reader.MovedAt, reader.SeenAt, reader.DeadLetters);
}

/// <summary>Which dead letters to list.</summary>
internal sealed record DeadLetterQuery(string? Consumer, Guid? After, int Limit) : IQuery<DeadLetterQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After, new("consumer", "Of this consumer.")];

    public static DeadLetterQuery Read(QueryReader query) => new(query.Text("consumer"), query.Id("after", "what a page gave as next"), query.Limit());
}

/// <summary>A dead letter as the Api shows it.</summary>
/// <param name="At">When the event was written.</param>
/// <param name="Payload">As text.</param>
/// <param name="ReplayAt">When somebody asked for it to be tried again, and it has not been yet.</param>
internal sealed record DeadLetterView(
    Guid Id, string Consumer, Guid EventId, string Topic, string Type, string Key, DateTimeOffset At, string Payload, string Reason, int Attempts, DateTimeOffset SetAsideAt, DateTimeOffset? ReplayAt)
{
    public static DeadLetterView Of(DeadLetter letter) => new(
        letter.Id, letter.Consumer, letter.EventId, letter.Topic, letter.Type, letter.Key, letter.At, Encoding.UTF8.GetString(letter.Payload), letter.Reason, letter.Attempts, letter.SetAsideAt, letter.ReplayAt);
}
