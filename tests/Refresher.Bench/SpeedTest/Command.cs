using System.Diagnostics;

namespace Refresher.Bench.SpeedTest;

/// <summary>Other programs, run to their end.</summary>
internal static class Command
{
    /// <summary>What it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed or did not end in time; what it said is in the message.</exception>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not end");
        }

        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {(errors.Result + output.Result).Trim()}");
    }

    public static void Try(string program, params string[] arguments)
    {
        using var process = Background(program, arguments);
        process.WaitForExit();
    }

    /// <summary>Starts it and leaves it running; its output is read by the caller.</summary>
    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Starts it and lets nobody hear what it says.</summary>
    public static Process Background(string program, params string[] arguments)
    {
        var process = Start(program, arguments);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Ends one that was started.</summary>
    public static void End(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The words that run a program in a namespace; what else this machine does is not to be measured, and has to wait.</summary>
    public static string[] In(string space, params string[] words) => ["netns", "exec", space, "nice", "-n", "-15", .. words];

    /// <summary>The words that run this program again for another of its parts.</summary>
    public static string[] Self(params string[] words) => ["dotnet", typeof(Command).Assembly.Location, .. words];
}
