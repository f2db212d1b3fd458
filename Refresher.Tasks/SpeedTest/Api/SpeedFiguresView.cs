using Refresher.Tasks.SpeedTest.History;

namespace Refresher.Tasks.SpeedTest.Api;

/// <summary>Figures of the tests of a time.</summary>
/// <param name="ByHour">24 of them, by hour of the day (UTC).</param>
internal sealed record SpeedFiguresView(DateTimeOffset From, TimeSpan Step, SpeedFigures All, IReadOnlyList<StepFigures> Steps, IReadOnlyList<SpeedFigures> ByHour, IReadOnlyList<ServerFigures> ByServer);

/// <summary>Figures of one stretch.</summary>
internal sealed record StepFigures(DateTimeOffset From, SpeedFigures Figures);
