using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Execution;

namespace Refresher.Api.Workers;

/// <summary>What workers can be told. <c>{name}</c> is the worker's name, or that of one of its processes.</summary>
internal static class WorkerActionsApi
{
    public static void MapWorkerActions(this IEndpointRouteBuilder routes)
    {
        var worker = routes.MapGroup("/workers/{name}").WithTags("Workers");
        worker.MapPost("/drain", (string name, WorkerCommands commands, CancellationToken cancel) => TellAsync(name, commands.DrainAsync(name, cancel)))
            .WithSummary("Lets it take no further runs; it finishes those it has. Holds over restarts, until it is resumed.");
        worker.MapPost("/resume", (string name, WorkerCommands commands, CancellationToken cancel) => TellAsync(name, commands.ResumeAsync(name, cancel)))
            .WithSummary("Lets it take runs again.");
        worker.MapPost("/concurrency", SetConcurrencyAsync)
            .WithSummary("Changes how many runs it executes at once, 1 to 10,000. Holds over restarts.");
        worker.MapDelete("/concurrency", (string name, WorkerCommands commands, CancellationToken cancel) => TellAsync(name, commands.SetConcurrencyAsync(name, null, cancel)))
            .WithSummary("Lets it execute as many runs at once as it is configured to.");
        worker.MapPost("/stop", (string name, WorkerCommands commands, CancellationToken cancel) => TellAsync(name, commands.StopAsync(name, cancel)))
            .WithSummary("Ends its processes as SIGTERM would: what runs is finished or handed back within the grace.");
    }

    private static Task<Results<Ok<OrderView>, ProblemHttpResult>> SetConcurrencyAsync(string name, JsonBody<ConcurrencyInput> body, WorkerCommands commands, CancellationToken cancel) =>
        body.Value.Concurrency is { } concurrency
            ? TellAsync(name, commands.SetConcurrencyAsync(name, concurrency, cancel))
            : Task.FromResult<Results<Ok<OrderView>, ProblemHttpResult>>(Problems.Invalid(new FieldErrors().Add("concurrency", $"concurrency is needed: 1 to {WorkerCommands.MostConcurrency}.")));

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> TellAsync(string name, Task<Result<WorkerOrder>> telling)
    {
        var told = await telling;
        return told.Value is { } order ? TypedResults.Ok(OrderView.Of(order)) : Problems.Of(told, "worker", name);
    }
}

/// <summary>How many runs at once.</summary>
internal sealed record ConcurrencyInput(int? Concurrency);

/// <summary>What a worker was told.</summary>
/// <param name="DrainedAt">Since when it takes no runs; null: it takes them.</param>
/// <param name="Concurrency">Null: as it is configured.</param>
/// <param name="StoppedAt">When it was last told to stop; processes that began later are not meant.</param>
internal sealed record OrderView(
    string Worker, DateTimeOffset? DrainedAt, string? DrainedBy, int? Concurrency, DateTimeOffset? ConcurrencyAt, string? ConcurrencyBy, DateTimeOffset? StoppedAt, string? StoppedBy)
{
    public static OrderView Of(WorkerOrder order) => new(
        order.Worker, order.DrainedAt, order.DrainedBy, order.Concurrency, order.ConcurrencyAt, order.ConcurrencyBy, order.StoppedAt, order.StoppedBy);
}
