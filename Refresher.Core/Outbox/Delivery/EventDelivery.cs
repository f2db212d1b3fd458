using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Refresher.Core.Queue;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>
/// Has a consumer handle the events of a lot, the same for every log: the effect and its mark in one transaction; tried again after a pause when it fails,
/// and one by one when it keeps failing; what is at fault is set aside with its reason in the transaction that moves past it.
/// </summary>
/// <remarks>What lies with a server that is away is thrown to the caller, who waits: it never makes a dead letter.</remarks>
internal sealed partial class EventDelivery(DeadLetters letters, LiveSignals signals, TimeProvider clock, ILogger<EventDelivery> log)
{
    private const int MostLinks = 16;

    /// <summary>Events of a lot that are set aside together with the others' effect.</summary>
    private const int MostPoison = 20;

    /// <summary>Handles a lot as far as it goes.</summary>
    /// <param name="state">As it was left the last time; <see cref="DeliveryState.Clean"/> at first.</param>
    /// <returns>
    /// How it is left, to be kept for the line of events; what was not marked is still to do, not before its time. Null: the lot is not ours any more, read anew.
    /// </returns>
    public async Task<DeliveryState?> DeliverAsync(IEventConsumer consumer, EventLot lot, DeliveryState state, CancellationToken cancel)
    {
        if (state.Alone > 0)
        {
            return await OneByOneAsync(consumer, lot, state, cancel);
        }

        var poisoned = new List<(Event Event, string Reason)>();
        while (true)
        {
            var rest = poisoned.Count == 0 ? lot.Events : [.. lot.Events.Where(one => poisoned.All(aside => aside.Event.Id != one.Id))];
            var (outcome, error) = await TryAsync(consumer, lot, rest, poisoned, 1, lot.Events.Count, cancel);
            if (outcome != Outcome.Failed)
            {
                return outcome == Outcome.Passed ? DeliveryState.Clean : null;
            }

            if (error is PoisonEventException poison && rest.FirstOrDefault(one => one.Id == poison.EventId) is { } at)
            {
                poisoned.Add((at, DeadLetters.Reason(poison)));
                if (poisoned.Count < MostPoison)
                {
                    continue;
                }

                // With so many it is quicker one by one.
                return state with { Tries = DeliveryState.TriesTogether, Alone = lot.Events.Count, Failing = DeadLetters.Reason(poison), FailingSince = clock.GetUtcNow() };
            }

            var next = state.Failed(DeadLetters.Reason(DeadLetters.Reason(error!)), lot.Events.Count, clock.GetUtcNow());
            LogFailed(error!, consumer.Name, lot.Events.Count, next.Tries);
            return next;
        }
    }

    /// <summary>Handles one event that was set aside before, once.</summary>
    /// <returns>Why it failed again; null when it passed, or is not ours any more.</returns>
    public async Task<string?> TryOnceAsync(IEventConsumer consumer, EventLot lot, CancellationToken cancel)
    {
        var (outcome, error) = await TryAsync(consumer, lot, lot.Events, [], 1, lot.Events.Count, cancel);
        return outcome == Outcome.Failed ? DeadLetters.Reason(DeadLetters.Reason(error!)) : null;
    }

    private async Task<DeliveryState?> OneByOneAsync(IEventConsumer consumer, EventLot lot, DeliveryState state, CancellationToken cancel)
    {
        if (lot.Events.Count == 0)
        {
            return (await TryAsync(consumer, lot, [], [], 0, 0, cancel)).Outcome == Outcome.Passed ? DeliveryState.Clean : null;
        }

        for (var at = 0; at < lot.Events.Count && state.Alone > 0; at++)
        {
            var one = lot.Events[at];
            var (outcome, error) = await TryAsync(consumer, lot, [one], [], 1, at + 1, cancel);
            string? reason = null;
            var isPoison = error is PoisonEventException poison && poison.EventId == one.Id;
            if (outcome == Outcome.Failed)
            {
                reason = DeadLetters.Reason(DeadLetters.Reason(error!));
                (outcome, error) = await TryAsync(consumer, lot, [], [(one, reason)], DeliveryState.TriesTogether + 1, at + 1, cancel);
            }

            if (outcome != Outcome.Passed)
            {
                return outcome == Outcome.Lost ? null : throw new InvalidOperationException($"Event {one.Id} could not be set aside.", error);
            }

            // Who knows that an event is poison is not at fault.
            state = reason is null || isPoison ? state.PassedAlone() : state.SetAside(reason, clock.GetUtcNow());
            if (state.RetryAt is not null)
            {
                break;
            }
        }

        return state;
    }

    private async Task<(Outcome Outcome, Exception? Error)> TryAsync(
        IEventConsumer consumer, EventLot lot, IReadOnlyList<Event> events, IReadOnlyList<(Event Event, string Reason)> aside, int attempts, int passed, CancellationToken cancel)
    {
        await using var transaction = await lot.BeginAsync(cancel);
        if (transaction?.Connection is not { } connection)
        {
            return (Outcome.Lost, null);
        }

        using var activity = Begin(consumer, events);
        IReadOnlyCollection<string> told = [];
        try
        {
            if (events.Count > 0)
            {
                told = await consumer.HandleAsync(events, connection, cancel);
            }

            foreach (var (one, reason) in aside)
            {
                await letters.SetAsideAsync(connection, consumer.Name, one, reason, attempts, cancel);
            }

            await lot.MarkAsync(connection, passed, cancel);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            if (Outage.Is(error, connection))
            {
                throw;
            }

            return (Outcome.Failed, error);
        }

        await lot.CommittedAsync(passed, cancel);
        await TellAsync(consumer, events.Count, aside, told);
        return (Outcome.Passed, null);
    }

    private async Task TellAsync(IEventConsumer consumer, int handled, IReadOnlyList<(Event Event, string Reason)> aside, IReadOnlyCollection<string> told)
    {
        var name = new KeyValuePair<string, object?>("consumer", consumer.Name);
        RefresherTelemetry.EventsHandled.Add(handled, name);
        foreach (var (one, reason) in aside)
        {
            RefresherTelemetry.DeadLetters.Add(1, name);
            LogSetAside(consumer.Name, one.Type, one.Id, reason);
        }

        await signals.PublishAsync(aside.Count > 0 ? [.. told, LiveSignal.Events] : told);
    }

    /// <summary>Goes on in the trace in which a single event happened; several are linked.</summary>
    private static Activity? Begin(IEventConsumer consumer, IReadOnlyList<Event> events)
    {
        if (events.Count == 0 || !RefresherTelemetry.Source.HasListeners())
        {
            return null;
        }

        var parents = events.Select(one => one.TraceParent).OfType<string>().Distinct().Take(MostLinks)
            .Select(text => ActivityContext.TryParse(text, null, isRemote: true, out var context) ? context : default).Where(context => context != default).ToArray();
        var activity = RefresherTelemetry.Source.StartActivity(
            ActivityKind.Consumer, parents.Length == 1 ? parents[0] : default, links: parents.Length > 1 ? parents.Select(parent => new ActivityLink(parent)) : null, name: $"events {consumer.Name}");
        activity?.SetTag("events", events.Count);
        return activity;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} failed on {Count} event(s), for the {Tries}. time in a row.")]
    private partial void LogFailed(Exception error, string consumer, int count, int tries);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Consumer} could not handle {Type} {EventId}, which is set aside: {Reason}")]
    private partial void LogSetAside(string consumer, string type, Guid eventId, string reason);

    private enum Outcome
    {
        Passed,
        Failed,
        Lost,
    }
}
