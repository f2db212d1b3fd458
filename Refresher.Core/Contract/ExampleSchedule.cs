using Refresher.Core.Schedules;

namespace Refresher.Core.Contract;

/// <summary>A schedule of the first start; it gets the tag <c>example</c>, and one button removes them all.</summary>
/// <param name="RunAtOnce">Also runs when it is set up, so that there is a run to look at.</param>
public sealed record ExampleSchedule(ScheduleInput Schedule, bool RunAtOnce)
{
    public const string Tag = "example";
}
