using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Http;
using Refresher.Core;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Api.Alerts;

/// <summary>Deliveries: that somebody was told, with the provider's answer.</summary>
internal static class DeliveriesApi
{
    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        var deliveries = routes.MapGroup("/deliveries").WithTags("Deliveries");
        deliveries.MapGet("/", ListAsync).WithSummary("Lists deliveries, from the latest to the earliest.");
        deliveries.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a delivery with its message.");
        deliveries.MapPost("/{id:guid}/retry", RetryAsync).WithSummary("Sends one again that was given up, or at once one that waits for its next attempt.");
    }

    private static async Task<Ok<Page<DeliveryView>>> ListAsync(Query<DeliveryListQuery> query, DeliveryQueries deliveries, CancellationToken cancel)
    {
        var page = await deliveries.ListAsync(query.Value.Filter, query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<DeliveryView>([.. page.Items.Select(delivery => DeliveryView.Of(delivery))], page.Next));
    }

    private static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> GetAsync(Guid id, DeliveryQueries deliveries, CancellationToken cancel) =>
        await deliveries.FindAsync(id, cancel) is { } delivery ? TypedResults.Ok(DeliveryView.Of(delivery, withMessage: true)) : Problems.NotFound("delivery", id.ToString());

    private static async Task<Results<Accepted<DeliveryView>, ProblemHttpResult>> RetryAsync(Guid id, DeliveryCommands commands, CancellationToken cancel)
    {
        var retried = await commands.RetryAsync(id, cancel);
        return retried.Value is { } delivery ? TypedResults.Accepted($"{ApiRoutes.Base}/deliveries/{id}", DeliveryView.Of(delivery)) : Problems.Of(retried, "delivery", id.ToString());
    }
}

/// <summary>Which deliveries to list.</summary>
internal sealed record DeliveryListQuery(DeliveryFilter Filter, Guid? After, int Limit) : IQuery<DeliveryListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("state", "pending, sent or failed."),
        new("channel", "Over the channel of this id."),
        new("rule", "For the rule of this id."),
        new("subject", "About the thing of this id."),
        new("notice", "begun, reminder, over, test or digest."),
    ];

    public static DeliveryListQuery Read(QueryReader query) => new(
        new DeliveryFilter
        {
            State = query.Word<DeliveryState>("state"),
            Channel = query.Id("channel"),
            Rule = query.Id("rule"),
            Subject = query.Text("subject"),
            Notice = query.Word<NoticeKind>("notice"),
        },
        query.Id("after", "what a page gave as next"),
        query.Limit());
}

/// <summary>A delivery as the Api shows it.</summary>
/// <param name="Attempts">Begun since it was written, or asked for again.</param>
/// <param name="NextAt">When it is tried next; null when it is ended.</param>
/// <param name="Status">The provider's last status code.</param>
/// <param name="Answer">The provider's last answer, or why there was none.</param>
/// <param name="Reason">Why it was given up.</param>
/// <param name="Message">What is told; only for a single delivery.</param>
internal sealed record DeliveryView(
    Guid Id, DeliveryState State, NoticeKind Notice, string Title, string? Subject, string Change, Guid Channel, string ChannelName, string ChannelKind, Guid? Rule,
    int Attempts, DateTimeOffset? NextAt, int? Status, string? Answer, string? Reason, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, RawJson? Message)
{
    public static DeliveryView Of(Delivery delivery, bool withMessage = false) => new(
        delivery.Id, delivery.State, delivery.Notice, delivery.Title, delivery.SubjectId, delivery.Change, delivery.ChannelId, delivery.ChannelName, delivery.ChannelKind, delivery.RuleId,
        delivery.Attempts, delivery.State == DeliveryState.Pending ? delivery.ReadyAt : null, delivery.Status, delivery.Answer, delivery.Reason, delivery.CreatedAt, delivery.FinishedAt,
        withMessage ? RawJson.Of(delivery.Message) : null);
}
