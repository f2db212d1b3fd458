using System.Text.Json.Serialization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>When a schedule is due. Stored as JSON with the discriminator <c>type</c>; read it through <see cref="CadenceJson"/>.</summary>
/// <remarks>
/// All results are UTC with at most millisecond precision and depend on nothing but the cadence, the anchor and the time zone data,
/// so that every process that asks gets the same answer. The calculating members expect a cadence for which <see cref="Validate"/> says nothing;
/// otherwise they throw <see cref="FormatException"/> or <see cref="TimeZoneNotFoundException"/>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(EveryCadence), "every")]
[JsonDerivedType(typeof(CronCadence), "cron")]
[JsonDerivedType(typeof(OnceCadence), "once")]
[JsonDerivedType(typeof(SolarCadence), "solar")]
public abstract record Cadence
{
    /// <summary>False when the next occurrence is known only after a run has ended (fixed delay).</summary>
    [JsonIgnore]
    public virtual bool IsKnownAhead => true;

    /// <summary>What is wrong with it; empty when it can be scheduled.</summary>
    public abstract IReadOnlyList<CadenceError> Validate();

    /// <summary>The first occurrence strictly after <paramref name="after"/>; null when there is none.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after, CadenceContext context);

    /// <summary>The last occurrence at or before <paramref name="at"/>; null when there is none.</summary>
    public abstract DateTimeOffset? LatestAtOrBefore(DateTimeOffset at, CadenceContext context);

    /// <summary>How many occurrences lie strictly after <paramref name="after"/> and at or before <paramref name="upTo"/>; counted, not stepped through.</summary>
    public abstract long CountBetween(DateTimeOffset after, DateTimeOffset upTo, CadenceContext context);
}

/// <summary>What a cadence needs to know of its schedule.</summary>
/// <param name="Anchor">The schedule's startAt, or its creation when it has none; fixed rates are counted from it, in whole milliseconds.</param>
public readonly record struct CadenceContext(DateTimeOffset Anchor);

/// <summary>What is wrong with one field of a cadence.</summary>
/// <param name="Field">The path in the request, for example <c>cadence.cron</c>.</param>
/// <param name="Message">A sentence that says what is right.</param>
public sealed record CadenceError(string Field, string Message);
