using System.Text.Json.Serialization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>At the times of a cron expression on the clocks of a time zone.</summary>
/// <param name="Cron">See <see cref="CronExpression"/> for what can be written.</param>
/// <param name="TimeZone">An IANA name such as Europe/Berlin; UTC when absent.</param>
public sealed record CronCadence(string Cron, string? TimeZone = null) : Cadence
{
    private CronExpression? _parsed;

    [JsonIgnore]
    public CronExpression Expression
    {
        get
        {
            // A copy made by "with" carries the field along, so the text decides whether it still belongs.
            CronExpression? parsed = _parsed;
            return parsed is not null && ReferenceEquals(parsed.Text, Cron) ? parsed : _parsed = CronExpression.Parse(Cron);
        }
    }

    public override IReadOnlyList<CadenceError> Validate()
    {
        List<CadenceError> errors = [];
        if (!CronExpression.TryParse(Cron, out CronExpression? parsed, out CronError? error))
        {
            errors.Add(new CadenceError("cadence.cron", error.Message));
        }

        _parsed = parsed;
        if (TimeZone is not null && !TimeZones.TryFind(TimeZone, out _))
        {
            errors.Add(new CadenceError("cadence.timeZone", TimeZones.WhatIsRight(TimeZone)));
        }

        return errors;
    }

    public override DateTimeOffset? Next(DateTimeOffset after, CadenceContext context) =>
        ZonedCron.Next(Expression, TimeZones.Timeline(TimeZone), after);

    public override DateTimeOffset? LatestAtOrBefore(DateTimeOffset at, CadenceContext context) =>
        ZonedCron.LatestAtOrBefore(Expression, TimeZones.Timeline(TimeZone), at);

    public override long CountBetween(DateTimeOffset after, DateTimeOffset upTo, CadenceContext context) =>
        ZonedCron.CountBetween(Expression, TimeZones.Timeline(TimeZone), after, upTo);

    public bool Equals(CronCadence? other) => other is not null && Cron == other.Cron && TimeZone == other.TimeZone;

    public override int GetHashCode() => HashCode.Combine(Cron, TimeZone);
}
