using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Limits;

/// <summary>A limit as people and programs give it: a concurrency, a rate, or both.</summary>
public sealed record LimitInput
{
    /// <summary>Runs at once.</summary>
    [Range(1, 100_000, ErrorMessage = "concurrency: 1 to 100000; to hold a queue, pause it.")]
    public int? Concurrency { get; init; }

    /// <summary>Runs that may begin within <see cref="Per"/>.</summary>
    [Range(1, 10_000, ErrorMessage = "rate: 1 to 10000.")]
    public int? Rate { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "per: 00:00:01 to 1.00:00:00.")]
    public TimeSpan? Per { get; init; }

    internal void Check(FieldErrors errors)
    {
        JsonInput.Validate(this, errors);
        if (Concurrency is null && Rate is null)
        {
            errors.Add("concurrency", "concurrency: it or a rate is needed.");
        }

        if (Rate is null != Per is null)
        {
            errors.Add(Rate is null ? "rate" : "per", "rate and per belong together: so many runs begin within that time, like {\"rate\": 10, \"per\": \"00:01:00\"}.");
        }
    }
}
