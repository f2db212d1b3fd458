using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Core.Data;

namespace Refresher.Core.Execution;

/// <summary>The context a worker gives to a task.</summary>
internal sealed class ExecutingRun(ActiveRun active, TimeProvider clock) : RunContext
{
    private const int TextLimit = 200;

    public override Guid Id => active.Run.Id;

    public override int Attempt => active.Run.Attempt;

    public override DateTimeOffset DueAt => active.Run.DueAt;

    public override string? ScheduleKey => active.Run.ScheduleKey;

    public override Guid? ParentId => active.Run.ParentId;

    public override TimeProvider Clock => clock;

    public override ILogger Log { get; } = new RunLogger(active.Log, clock);

    public override void Progress(int percent, string? text = null) =>
        active.Report(new Progress((short)Math.Clamp(percent, 0, 100), text is null ? null : StoredText.Clean(active.Hidden.Hide(text), TextLimit)));
}
