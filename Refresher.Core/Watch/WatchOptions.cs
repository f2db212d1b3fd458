using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Watch;

/// <summary>From when on something of the platform's own counts as trouble: section <c>Watch</c>.</summary>
internal sealed record WatchOptions
{
    public const string Section = "Watch";

    /// <summary>A run that begins this much after its due time, without what a limit, a pause or an overlap answers for, is late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "Watch:LateAfter is 00:00:01 to 7.00:00:00.")]
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A run takes too long when it has used this part of its time limit.</summary>
    [Range(0.05, 1, ErrorMessage = "Watch:LongPart is 0.05 to 1: a part of the time limit.")]
    public double LongPart { get; init; } = 0.8;

    /// <summary>A queue is old when a run that could be taken has waited this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "Watch:OldAfter is 00:00:01 to 7.00:00:00.")]
    public TimeSpan OldAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A worker is gone when it has been silent for this long after its last word lapsed, and had not said goodbye.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Watch:GoneAfter is 00:00:01 to 1.00:00:00.")]
    public TimeSpan GoneAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A worker that has been gone for this long is taken for removed: the trouble is over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00", ErrorMessage = "Watch:RemovedAfter is 00:00:01 to 31.00:00:00.")]
    public TimeSpan RemovedAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often the watches look.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Watch:Period is 00:00:00.1 to 00:10:00.")]
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);
}
