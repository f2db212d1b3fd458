using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Limits;
using Refresher.Core.Schedules;

namespace Refresher.Core.Runs;

/// <summary>A run as people and programs ask for it, without a schedule.</summary>
public sealed record RunInput
{
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(366);

    [Required(ErrorMessage = "kind is needed; GET /api/v1/kinds lists them.")]
    public string? Kind { get; init; }

    public JsonElement? Options { get; init; }

    /// <summary>Null or in the past: now. At most 366 days ahead.</summary>
    public DateTimeOffset? DueAt { get; init; }

    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "queue: lower-case letters, digits and single hyphens only.")]
    [StringLength(100, ErrorMessage = "queue: at most 100 characters.")]
    public string? Queue { get; init; }

    [Range(0, 4, ErrorMessage = "priority: 0 (first) to 4.")]
    public short? Priority { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00", ErrorMessage = "expireAfter: 00:00:01 to 366.00:00:00.")]
    public TimeSpan? ExpireAfter { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "timeout: 00:00:01 to 7.00:00:00.")]
    public TimeSpan? Timeout { get; init; }

    public RetryPolicy? Retry { get; init; }

    /// <inheritdoc cref="ScheduleInput.ConcurrencyKey"/>
    [StringLength(100, MinimumLength = 1, ErrorMessage = "concurrencyKey: 1 to 100 characters.")]
    [RegularExpression(ConcurrencyKeys.Pattern, ErrorMessage = ConcurrencyKeys.Message)]
    public string? ConcurrencyKey { get; init; }

    /// <summary>While a run of this kind with this key has not ended, asking for another one comes to that run.</summary>
    [StringLength(200, MinimumLength = 1, ErrorMessage = "uniqueKey: 1 to 200 characters.")]
    public string? UniqueKey { get; init; }

    /// <summary>The unique key stays taken for this long from now, even when the run has ended by then.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00", ErrorMessage = "uniqueFor: 00:00:01 to 366.00:00:00.")]
    public TimeSpan? UniqueFor { get; init; }

    /// <summary>What follows it.</summary>
    public IReadOnlyList<ContinuationInput>? ContinueWith { get; init; }

    public OnLost? OnLost { get; init; }

    /// <param name="place">Among those asked for together.</param>
    /// <returns>Null with at least one error.</returns>
    internal NewRun? ToRun(KindCatalog kinds, OptionSecrets secrets, DateTimeOffset now, int place, FieldErrors errors)
    {
        JsonInput.Validate(this, errors);
        RetryCheck.Check(Retry, errors);
        if (DueAt > now + Farthest)
        {
            errors.Add("dueAt", $"dueAt: at most {Farthest.TotalDays} days ahead.");
        }

        if (UniqueFor is not null && UniqueKey is null)
        {
            errors.Add("uniqueFor", "uniqueFor: it says how long a uniqueKey stays taken; give that, too.");
        }

        if (UniqueKey?.Contains('\0', StringComparison.Ordinal) is true)
        {
            errors.Add("uniqueKey", "uniqueKey: the character NUL (\\u0000) cannot be stored.");
        }

        var continueWith = ContinuationInput.Read(ContinueWith, kinds, secrets, errors);
        var options = Kind is { Length: > 0 } kind ? ScheduleReader.ReadOptions(kind, Options, null, kinds, secrets, errors) : null;
        if (errors.Count > 0 || options is null)
        {
            return null;
        }

        var dueAt = DueAt is { } at && at > now ? at.ToUniversalTime() : now;
        return new NewRun
        {
            Id = RunId.New(dueAt, place),
            Kind = Kind!,
            Trigger = RunTrigger.Api,
            State = dueAt > now ? RunState.Scheduled : RunState.Queued,
            Queue = Queue ?? PlatformDefaults.Queue,
            Priority = Priority ?? PlatformDefaults.Priority,
            Options = options,
            Policies = new RunPolicies { Retry = Retry, Timeout = Timeout, OnLost = OnLost, ContinueWith = continueWith },
            ConcurrencyKey = ConcurrencyKey,
            UniqueKey = UniqueKey,
            UniqueUntil = UniqueFor is { } period ? now + period : null,
            DueAt = dueAt,
            ExpiresAt = ExpireAfter is { } after ? dueAt + after : null,
        };
    }
}
