using Refresher.Core.Runs;

namespace Refresher.Core.Schedules;

/// <summary>A schedule that is tied to another one by what continues with what.</summary>
/// <param name="On">After which end of the first one's run the other one's follows.</param>
/// <param name="Schedule">Null when there is none of that key any more.</param>
public sealed record ScheduleNeighbour(ContinueOn On, string Key, Schedule? Schedule);

/// <summary>What is tied to a schedule.</summary>
/// <param name="Next">What follows its runs.</param>
/// <param name="Before">What its runs follow, by key; at most <see cref="Most"/> schedules.</param>
public sealed record ScheduleNeighbours(IReadOnlyList<ScheduleNeighbour> Next, IReadOnlyList<ScheduleNeighbour> Before)
{
    public const int Most = 100;

    public static ScheduleNeighbours None { get; } = new([], []);
}
