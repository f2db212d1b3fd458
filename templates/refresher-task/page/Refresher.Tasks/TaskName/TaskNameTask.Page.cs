using Refresher.Core.Contract;

namespace Refresher.Tasks.TaskName;

public sealed partial class TaskNameTask
{
    public static IReadOnlyList<KindPage> Pages => [new("TaskTitle", "/task-name", "list-check")];
}
