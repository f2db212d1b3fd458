using System.Globalization;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Command;

/// <summary>The environment of a command: a few harmless variables of the worker, what the schedule sets, and the run's own.</summary>
internal static class CommandEnvironment
{
    /// <summary>Of the variables that tell a command about its run.</summary>
    public const string Prefix = "REFRESHER_";

    /// <summary>Marks every process of one execution. Not the run's id: after a lost worker two executions of a run may meet on one machine.</summary>
    public const string Execution = Prefix + "EXECUTION";

    private static readonly string[] Harmless = ["HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

    public static Dictionary<string, string> For(CommandOptions options, IEnumerable<string> passed, RunContext run)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = ProgramPath.Folders };
        foreach (var name in Harmless.Concat(passed))
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        foreach (var (name, value, _) in options.Variables())
        {
            environment[name] = value;
        }

        environment[Prefix + "RUN_ID"] = run.Id.ToString();
        environment[Prefix + "ATTEMPT"] = run.Attempt.ToString(CultureInfo.InvariantCulture);
        environment[Prefix + "DUE_AT"] = run.DueAt.ToString("O", CultureInfo.InvariantCulture);
        environment[Prefix + "SCHEDULE"] = run.ScheduleKey ?? "";
        environment[Prefix + "PARENT_RUN_ID"] = run.ParentId?.ToString() ?? "";
        return environment;
    }
}
