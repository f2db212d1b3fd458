using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Schedules;

/// <summary>A range of the past whose due times are to be made up for.</summary>
public sealed record BackfillInput
{
    /// <summary>Due times that one request may come to.</summary>
    public const int Most = 10_000;

    /// <summary>Less urgent than what is due now, unless it is said otherwise.</summary>
    public const short UsualPriority = 4;

    [Required(ErrorMessage = "from is needed: an instant like 2026-01-31T08:00:00Z; due times at or after it are made up for.")]
    public DateTimeOffset? From { get; init; }

    [Required(ErrorMessage = "to is needed: an instant like 2026-01-31T08:00:00Z; due times before it are made up for.")]
    public DateTimeOffset? To { get; init; }

    /// <summary>True: says what would be made and makes nothing.</summary>
    public bool? DryRun { get; init; }

    /// <summary>Makes at most so many, the earliest. Null: all.</summary>
    [Range(1, Most, ErrorMessage = "limit: 1 to 10000.")]
    public int? Limit { get; init; }

    /// <summary>0 (first) to 4. Null: 4.</summary>
    [Range(0, 4, ErrorMessage = "priority: 0 (first) to 4.")]
    public short? Priority { get; init; }

    internal void Check(DateTimeOffset now, FieldErrors errors)
    {
        JsonInput.Validate(this, errors);
        if (To <= From)
        {
            errors.Add("to", $"to must be after from ({From:O}).");
        }

        if (To > now)
        {
            errors.Add("to", $"to must not be after now ({now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}): what is to come the schedule makes itself.");
        }

        if (From < now - PlatformDefaults.FailureRetention)
        {
            errors.Add("from", $"from must be within the last {PlatformDefaults.FailureRetention.Days} days: runs that were due earlier are not kept.");
        }
    }
}

/// <summary>What a backfill made, or would make.</summary>
/// <param name="Found">Due times in the range.</param>
/// <param name="Existing">Of these, those that have a run.</param>
/// <param name="Excluded">Those that a calendar excludes.</param>
/// <param name="Made">Runs made; in a dry run, that would be.</param>
/// <param name="Items">Due times without a run: those made, and those excluded with the reason.</param>
/// <param name="Note">What to know about it.</param>
public sealed record BackfillResult(bool DryRun, int Found, int Existing, int Excluded, int Made, IReadOnlyList<BackfillItem> Items, string Note);

/// <summary>A due time that has no run.</summary>
/// <param name="RunId">The run that is made for it; null when it is excluded.</param>
/// <param name="Reason">Why it is not made up for; null when it is.</param>
public sealed record BackfillItem(DateTimeOffset DueAt, Guid? RunId, string? Reason);
