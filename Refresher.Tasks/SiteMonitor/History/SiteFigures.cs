namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>What the checks of a site over some time come to.</summary>
public sealed record SiteFigures
{
    public required Guid SiteId { get; init; }

    /// <summary>When that time begins.</summary>
    public required DateTimeOffset From { get; init; }

    public required long Up { get; init; }

    public required long Degraded { get; init; }

    public required long Down { get; init; }

    /// <summary>We could not look; counts for nothing.</summary>
    public required long Unknown { get; init; }

    /// <summary>Made within maintenance windows; counted nowhere else.</summary>
    public required long Maintenance { get; init; }

    /// <summary>Of those that were answered, in milliseconds.</summary>
    public required double Sum { get; init; }

    /// <summary>In milliseconds; 0 when none was answered.</summary>
    public required double Min { get; init; }

    public required double Max { get; init; }

    /// <summary>By the steps of <see cref="SiteRollup.Bounds"/>.</summary>
    public required long[] Histogram { get; init; }

    public long Checks => Up + Degraded + Down + Unknown + Maintenance;

    public long Answered => Up + Degraded;

    /// <summary>The part of the checks that were answered, 0 to 1; null when none counts.</summary>
    public double? Uptime => Answered + Down == 0 ? null : (double)Answered / (Answered + Down);

    /// <summary>In milliseconds; null when none was answered.</summary>
    public double? Mean => Answered == 0 ? null : Sum / Answered;

    /// <summary>Milliseconds that this part of the answered did not exceed, by where they lie between the steps; null when there is none.</summary>
    /// <param name="part">0 to 1.</param>
    public double? Percentile(double part)
    {
        var wanted = part * Histogram.Sum();
        long below = 0;
        for (var i = 0; i < Histogram.Length; i++)
        {
            if (Histogram[i] > 0 && below + Histogram[i] >= wanted)
            {
                var from = Math.Max(Min, i == 0 ? 0 : SiteRollup.Bounds[i - 1]);
                var to = i < SiteRollup.Bounds.Count ? Math.Min(SiteRollup.Bounds[i], Max) : Max;
                return Math.Min(Max, from + (Math.Max(0, to - from) * (wanted - below) / Histogram[i]));
            }

            below += Histogram[i];
        }

        return null;
    }
}
