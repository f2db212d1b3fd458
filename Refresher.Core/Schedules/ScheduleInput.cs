using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core.Contract;
using Refresher.Core.Limits;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>A schedule as people and programs give it. What is left out is the default.</summary>
public sealed record ScheduleInput
{
    /// <summary>How inputs are read: a field nobody knows is an error.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), PlainJson.Converters[0], PlainJson.Converters[1] },
    };

    /// <summary>A schedule as one would have to give it to get the same: its own values, without what the defaults fill in.</summary>
    public static ScheduleInput Of(Schedule schedule) => new()
    {
        Key = schedule.Key,
        Name = schedule.Name,
        Description = schedule.Description,
        Owner = schedule.Owner,
        Tags = schedule.Tags,
        Kind = schedule.Kind,
        Options = JsonElement.Parse(schedule.Options),
        Cadence = JsonElement.Parse(CadenceJson.Write(schedule.Cadence)),
        Queue = schedule.Queue,
        Priority = schedule.Priority,
        Enabled = schedule.Enabled,
        StartAt = schedule.StartAt,
        EndAt = schedule.EndAt,
        MaxRuns = schedule.MaxRuns,
        Jitter = schedule.Jitter,
        Misfire = schedule.Misfire,
        MisfireWindow = schedule.MisfireWindow,
        Overlap = schedule.Overlap,
        OnLost = schedule.OnLost,
        ExpireAfter = schedule.ExpireAfter,
        Timeout = schedule.Timeout,
        LateAfter = schedule.LateAfter,
        LongAfter = schedule.LongAfter,
        Retry = schedule.Retry,
        Retention = schedule.Retention,
        ConcurrencyKey = schedule.ConcurrencyKey,
        ContinueWith = schedule.ContinueWith is { } next ? [.. next.Select(ContinuationInput.Of)] : null,
        Calendars = schedule.Calendars,
    };

    /// <summary>Lower-case words joined by hyphens; null: made from the name.</summary>
    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "key: lower-case letters, digits and single hyphens only, like nightly-backup.")]
    [StringLength(100, ErrorMessage = "key: at most 100 characters.")]
    public string? Key { get; init; }

    [Required(ErrorMessage = "name is needed: 1 to 200 characters.")]
    [StringLength(200, ErrorMessage = "name: at most 200 characters.")]
    public string? Name { get; init; }

    [StringLength(2000, ErrorMessage = "description: at most 2000 characters.")]
    public string? Description { get; init; }

    [StringLength(200, ErrorMessage = "owner: at most 200 characters.")]
    public string? Owner { get; init; }

    [MaxLength(20, ErrorMessage = "tags: at most 20.")]
    public string[]? Tags { get; init; }

    [Required(ErrorMessage = "kind is needed; GET /api/v1/kinds lists them.")]
    public string? Kind { get; init; }

    public JsonElement? Options { get; init; }

    public JsonElement? Cadence { get; init; }

    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "queue: lower-case letters, digits and single hyphens only.")]
    [StringLength(100, ErrorMessage = "queue: at most 100 characters.")]
    public string? Queue { get; init; }

    [Range(0, 4, ErrorMessage = "priority: 0 (first) to 4.")]
    public short? Priority { get; init; }

    public bool? Enabled { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    [Range(1, int.MaxValue, ErrorMessage = "maxRuns: 1 or more.")]
    public int? MaxRuns { get; init; }

    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "jitter: 00:00:00 to 1.00:00:00.")]
    public TimeSpan? Jitter { get; init; }

    public Misfire? Misfire { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00", ErrorMessage = "misfireWindow: 00:00:01 to 366.00:00:00.")]
    public TimeSpan? MisfireWindow { get; init; }

    public Overlap? Overlap { get; init; }

    public OnLost? OnLost { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00", ErrorMessage = "expireAfter: 00:00:01 to 366.00:00:00.")]
    public TimeSpan? ExpireAfter { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "timeout: 00:00:01 to 7.00:00:00.")]
    public TimeSpan? Timeout { get; init; }

    /// <summary>A run that begins this much after its due time is late; null: <c>Watch:LateAfter</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "lateAfter: 00:00:01 to 7.00:00:00.")]
    public TimeSpan? LateAfter { get; init; }

    /// <summary>An attempt that goes on for longer takes too long; null: <c>Watch:LongPart</c> of its time limit.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "longAfter: 00:00:01 to 7.00:00:00.")]
    public TimeSpan? LongAfter { get; init; }

    public RetryPolicy? Retry { get; init; }

    public RetentionPolicy? Retention { get; init; }

    /// <summary>Runs with the same key are limited together: one at a time, or as the key's own limit says.</summary>
    [StringLength(100, MinimumLength = 1, ErrorMessage = "concurrencyKey: 1 to 100 characters.")]
    [RegularExpression(ConcurrencyKeys.Pattern, ErrorMessage = ConcurrencyKeys.Message)]
    public string? ConcurrencyKey { get; init; }

    public IReadOnlyList<ContinuationInput>? ContinueWith { get; init; }

    /// <summary>Names of calendars; an occurrence that one of them excludes is skipped.</summary>
    [MaxLength(10, ErrorMessage = "calendars: at most 10 names.")]
    public string[]? Calendars { get; init; }
}
