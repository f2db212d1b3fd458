using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Contract;
using Refresher.Core.Schedules.Crontab;

namespace Refresher.Tasks.Command;

/// <summary>Runs a program that the machine's operator has allowed, and leaves nothing of it behind.</summary>
[Description("Runs a program with arguments on a worker. Off until the worker's configuration allows it.")]
internal sealed partial class CommandTask(CommandAllowList allowed, IOptionsMonitor<CommandSettings> settings) : IKind, ITask<CommandOptions>
{
    /// <summary>"Temporary failure, try again later": EX_TEMPFAIL of sysexits.h.</summary>
    private const int TemporaryFailure = 75;

    // Within the ten seconds that the platform waits for a cancelled run.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static string Name => "command";

    public static KindDefaults Defaults => new() { OnLost = OnLost.Fail };

    // Command:Allow:0:Program = /usr/bin/rsync
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CommandSettings>().BindConfiguration(CommandSettings.Section);
        builder.Services.TryAddSingleton<CommandAllowList>();
    }

    // The process that shows the form may be configured unlike the workers, so that this is a hint; the worker decides.
    public static KindNotice? NoticeFor(IReadOnlyList<CommandOptions> options, IServiceProvider services)
    {
        var allowed = services.GetRequiredService<CommandAllowList>();
        CommandOptions[] refused = [.. options.Where(one => !allowed.Allows(one))];
        if (refused.Length == 0)
        {
            return null;
        }

        var entries = allowed.EntriesFor(refused);
        return new KindNotice(
            refused.Length == 1
                ? "This command is not allowed yet. Add this entry to the configuration of the workers; the one for this page makes the notice go away."
                : $"{refused.Length} commands are not allowed yet. Add these entries to the configuration of the workers; each allows exactly one of the lines.",
            [new("appsettings.json", entries.Json), new("Environment", entries.Variables)]);
    }

    public static object? FromCrontab(CrontabEntry entry) =>
        new CommandOptions { Program = entry.Program, Arguments = entry.Arguments, Environment = entry.Environment, Input = entry.Input };

    public async Task<RunOutcome> RunAsync(CommandOptions options, RunContext run, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux())
        {
            return RunOutcome.Failure("Commands run on workers under Linux only.");
        }

        if (ProgramPath.Find(options.Program) is not { } program)
        {
            return RunOutcome.Failure($"There is no program {options.Program} on the worker.");
        }

        if (!allowed.Allows(options))
        {
            var entry = allowed.EntriesFor([options]);
            return RunOutcome.Failure($"This command is not allowed on the worker. To allow it, add to its configuration\n{entry.Json}\nor to its environment\n{entry.Variables}");
        }

        var folder = string.IsNullOrEmpty(options.WorkingDirectory) ? Path.GetTempPath() : options.WorkingDirectory;
        var output = new CommandOutput(run.Log, [.. options.Variables().Where(variable => variable is { Secret: true, Value.Length: >= 4 }).Select(variable => variable.Value)]);
        var environment = CommandEnvironment.For(options, settings.CurrentValue.PassEnvironment, run);
        var begun = run.Clock.GetTimestamp();
        using var child = ChildProcess.Start(program, options.Arguments, folder, environment, options.Input ?? "", output);
        try
        {
            var end = await EndAsync(child, run, cancel);
            return Judge(options, end, Result(end, run.Clock.GetElapsedTime(begun), output), run.Log);
        }
        catch (IOException failed)
        {
            return RunOutcome.Failure(failed.Message);
        }
    }

    /// <summary>Waits for the end; on a cancel asks all of the command to stop, and after the grace time makes it.</summary>
    private static async Task<CommandExit> EndAsync(ChildProcess child, RunContext run, CancellationToken cancel)
    {
        try
        {
            return await child.Ended.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (!child.Ended.IsCompleted)
        {
            LogStopping(run.Log);
            child.Signal(Posix.SIGTERM);
            try
            {
                await child.Ended.WaitAsync(Grace, run.Clock, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                LogKilling(run.Log, Grace.TotalSeconds);
                child.Signal(Posix.SIGKILL);
                await child.Ended;
            }

            throw;
        }
    }

    private static CommandResult Result(CommandExit end, TimeSpan elapsed, CommandOutput output) => new(
        end.ExitCode,
        end.Signal,
        Math.Round(elapsed.TotalSeconds, 3),
        Math.Round(end.Cpu.TotalSeconds, 3),
        end.PeakBytes,
        end.LeftBehind,
        output.Standard.Kept(),
        output.Error.Kept(),
        output.Standard.Dropped + output.Error.Dropped > 0);

    private static RunOutcome Judge(CommandOptions options, CommandExit end, CommandResult result, ILogger log)
    {
        if (end.LeftBehind > 0)
        {
            LogLeftBehind(log, end.LeftBehind);
        }

        return end.ExitCode switch
        {
            null => RunOutcome.Failure($"Ended by signal {end.Signal}.", result),
            { } code when options.IsSuccess(code) => RunOutcome.Success(result),
            TemporaryFailure => RunOutcome.Retry($"Exit code {TemporaryFailure}: a temporary failure.", output: result),
            { } code => RunOutcome.Failure($"Exit code {code}, expected {options.SuccessExitCodes}.", result),
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Asking the command to stop (SIGTERM).")]
    private static partial void LogStopping(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Still there after {Seconds} s: killing it (SIGKILL).")]
    private static partial void LogKilling(ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Killed {Count} processes that the command left behind.")]
    private static partial void LogLeftBehind(ILogger log, int count);
}
