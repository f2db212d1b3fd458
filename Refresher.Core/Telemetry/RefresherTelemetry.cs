using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Refresher.Core.Telemetry;

/// <summary>Every name of our telemetry. <c>docs/telemetry.md</c> lists them with units; a test compares.</summary>
public static class RefresherTelemetry
{
    /// <summary>The name of the one source and the one meter.</summary>
    public const string Name = "Refresher";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> RunsEnded = Meter.CreateCounter<long>("refresher.runs", "{run}", "Runs that reached a final state, by kind and state.");

    internal static readonly Counter<long> Attempts = Meter.CreateCounter<long>("refresher.run.attempts", "{attempt}", "Attempts that ended, by kind and outcome.");

    internal static readonly Histogram<double> Lateness = Meter.CreateHistogram("refresher.run.lateness", "s", "From due to the start of the first attempt, without what a limit or a pause answers for.", advice: Seconds);

    internal static readonly Histogram<double> Wait = Meter.CreateHistogram("refresher.run.wait", "s", "From queued to the start of an attempt.", advice: Seconds);

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram("refresher.run.duration", "s", "Of an attempt.", advice: Seconds);

    internal static readonly Counter<long> Rescues = Meter.CreateCounter<long>("refresher.run.rescues", "{run}", "Runs taken from lost workers, by what became of them.");

    internal static readonly Counter<long> LostLeases = Meter.CreateCounter<long>("refresher.run.lost_leases", "{run}", "Attempts that this worker had to give up because its lease had gone.");

    internal static readonly Counter<long> Requeued = Meter.CreateCounter<long>("refresher.queue.requeued", "{run}", "Queued runs that Redis had forgotten and that were sent again.");

    internal static readonly Counter<long> Reconciles = Meter.CreateCounter<long>("refresher.queue.reconciles", "{comparison}", "Comparisons of Redis with the database, by what led to it: wiped or difference.");

    internal static readonly Gauge<long> QueueDepth = Meter.CreateGauge<long>("refresher.queue.depth", "{run}", "Runs in a queue, by queue and whether the next free worker may take them: takeable or parked.");

    internal static readonly Gauge<double> QueueAge = Meter.CreateGauge<double>("refresher.queue.age", "s", "How long the oldest run of a queue that could be taken has waited, by queue.");

    internal static readonly Gauge<long> Unfinished = Meter.CreateGauge<long>("refresher.runs.unfinished", "{run}", "Runs that have not ended, by state.");

    internal static readonly Gauge<long> Leases = Meter.CreateGauge<long>("refresher.leases", "{lease}", "Leases of running runs, by state: held or overdue.");

    internal static readonly Gauge<long> Schedules = Meter.CreateGauge<long>("refresher.schedules", "{schedule}", "Schedules by state: enabled or paused.");

    internal static readonly Gauge<long> Nodes = Meter.CreateGauge<long>("refresher.nodes", "{process}", "Processes that live, by role and state.");

    internal static readonly Gauge<long> LimitSlots = Meter.CreateGauge<long>("refresher.limit.slots", "{run}", "Runs that hold a slot of a limit, by limit.");

    internal static readonly Gauge<long> LimitWaiting = Meter.CreateGauge<long>("refresher.limit.waiting", "{run}", "Runs that wait for a limit, by limit.");

    internal static readonly Gauge<long> WorkerSlots = Meter.CreateGauge<long>("refresher.worker.slots", "{slot}", "Places of this worker for runs, by state: busy or free.");

    internal static readonly Gauge<double> ClockOffset = Meter.CreateGauge<double>("refresher.clock.offset", "s", "How far the host's clock is ahead of the database's, which is the cluster's.");

    internal static readonly Counter<long> Prepared = Meter.CreateCounter<long>("refresher.schedule.prepared", "{run}", "Occurrences written ahead.");

    internal static readonly Counter<long> Missed = Meter.CreateCounter<long>("refresher.schedule.missed", "{occurrence}", "Occurrences that were missed and did not run.");

    internal static readonly Counter<long> LoopErrors = Meter.CreateCounter<long>("refresher.loop.errors", "{error}", "Rounds of a loop that failed, by loop.");

    internal static readonly Counter<long> Deliveries = Meter.CreateCounter<long>("refresher.deliveries", "{delivery}", "Attempts to send an alert, by kind of channel and outcome.");

    internal static readonly Gauge<long> DeliveriesPending = Meter.CreateGauge<long>("refresher.deliveries.pending", "{delivery}", "Deliveries that are not sent yet.");

    internal static readonly Gauge<double> DeliveryAge = Meter.CreateGauge<double>("refresher.deliveries.age", "s", "How long the oldest delivery that is not sent yet has waited.");

    internal static readonly Counter<long> Ticks = Meter.CreateCounter<long>("refresher.scheduler.ticks", "{tick}", "Rounds of the scheduler.");

    /// <summary>A round of a loop that is none of the platform's own failed.</summary>
    public static void CountLoopError(string loop) => LoopErrors.Add(1, new KeyValuePair<string, object?>("loop", loop));

    internal static readonly Counter<long> EventsWritten = Meter.CreateCounter<long>("refresher.events", "{event}", "Events written to the outbox, by topic.");

    internal static readonly Counter<long> EventsHandled = Meter.CreateCounter<long>("refresher.consumer.events", "{event}", "Events that were handled, by consumer.");

    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("refresher.dead_letters", "{event}", "Events that were set aside, by consumer.");

    internal static readonly Counter<long> EventsPublished = Meter.CreateCounter<long>("refresher.events.published", "{event}", "Events that Kafka has taken from the outbox.");

    internal static readonly ObservableGauge<long> OutboxRows = Meter.CreateObservableGauge(
        "refresher.outbox.rows", () => Outbox?.Rows ?? 0, "{event}", "Events in the outbox before the reader that is furthest behind.");

    internal static readonly ObservableGauge<double> OutboxAge = Meter.CreateObservableGauge(
        "refresher.outbox.age", () => Outbox?.Age.TotalSeconds ?? 0, "s", "Of the oldest event in the outbox that not every reader has passed.");

    internal static readonly ObservableGauge<long> ConsumerLag = Meter.CreateObservableGauge("refresher.consumer.lag", Lags, "{event}", "Events before a consumer, by consumer.");

    internal static readonly ObservableGauge<long> DeadLettersKept = Meter.CreateObservableGauge("refresher.consumer.dead_letters", Aside, "{event}", "Events that stand aside, by consumer.");

    /// <summary>What this process has seen of the outbox; null where nobody looks.</summary>
    internal static Outbox.OutboxPressure? Outbox { get; set; }

    private static IEnumerable<Measurement<long>> Lags() => Outbox?.Readers.Where(reader => reader.Lag is not null)
        .Select(reader => new Measurement<long>(reader.Lag!.Value, new KeyValuePair<string, object?>("consumer", reader.Name))) ?? [];

    private static IEnumerable<Measurement<long>> Aside() => Outbox?.Readers
        .Select(reader => new Measurement<long>(reader.DeadLetters, new KeyValuePair<string, object?>("consumer", reader.Name))) ?? [];

    private static InstrumentAdvice<double> Seconds => new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };
}
