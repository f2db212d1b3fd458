namespace Refresher.Core.Schedules.Cadences;

/// <summary>One single time.</summary>
/// <param name="At">The instant; fractions of a millisecond are dropped.</param>
public sealed record OnceCadence(DateTimeOffset At) : Cadence
{
    public override IReadOnlyList<CadenceError> Validate() => At == default
        ? [new CadenceError("cadence.at", "at is needed: an instant with its offset, for example 2027-01-31T08:00:00Z.")]
        : [];

    public override DateTimeOffset? Next(DateTimeOffset after, CadenceContext context) => Instant > after ? Instant : null;

    public override DateTimeOffset? LatestAtOrBefore(DateTimeOffset at, CadenceContext context) => Instant <= at ? Instant : null;

    public override long CountBetween(DateTimeOffset after, DateTimeOffset upTo, CadenceContext context) =>
        Instant > after && Instant <= upTo ? 1 : 0;

    private DateTimeOffset Instant => Instants.FromTicks(Instants.FloorToMillisecond(At.UtcTicks));
}
