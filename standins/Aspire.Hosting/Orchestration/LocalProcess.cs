// Stand-in for Aspire.Hosting: one running process of the system.
using System.Diagnostics;

namespace Aspire.Hosting.Orchestration;

/// <summary>A process in a session of its own: Ctrl-C at the terminal reaches only the AppHost, which then stops all in order.</summary>
internal sealed class LocalProcess : IDisposable
{
    private static readonly string[] s_ownVariables = ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];
    private readonly Process _process;
    private readonly Launch _launch;
    private readonly ProcessTable _table;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalProcess(Process process, ProcessEntry entry, Launch launch, ProcessTable table) =>
        (_process, Entry, _launch, _table) = (process, entry, launch, table);

    public ProcessEntry Entry { get; }

    /// <summary>Done with the exit code when the process has ended; 128 + n when signal n ended it.</summary>
    public Task<int> Exited => _exited.Task;

    /// <exception cref="System.ComponentModel.Win32Exception">The program is not there.</exception>
    public static async Task<LocalProcess> StartAsync(string name, Launch launch, ServiceLog log, ProcessTable table)
    {
        var process = new Process { StartInfo = Describe(launch), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Heard(e.Data);
        process.ErrorDataReceived += (_, e) => Heard(e.Data);
        process.Start();
        var entry = new ProcessEntry(name, process.Id, ProcFs.StartOf(process.Id) ?? 0, launch.StopSignal);
        var local = new LocalProcess(process, entry, launch, table);
        table.Add(entry);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = local.HearOutAsync();

        await local.TellAsync(launch.Input);
        return local;

        void Heard(string? line)
        {
            if (line is not null)
            {
                log.Write(line);
            }
        }
    }

    /// <summary>Asks the process to end, kills it after its grace, and with it all that it started.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync()
    {
        Unix.Signal(Entry.Pid, _launch.StopSignal);
        var clean = await Task.WhenAny(Exited, Task.Delay(_launch.Grace)) == Exited;
        if (!clean)
        {
            Unix.Signal(Entry.Pid, Unix.SigKill);
            await Exited;
        }

        return clean;
    }

    /// <summary>Takes leave of a process that has ended: kills its orphans and forgets it.</summary>
    public void Bury()
    {
        ProcessTable.KillSession(Entry);
        _table.Remove(Entry);
    }

    public void Dispose() => _process.Dispose();

    /// <summary>Waits for its end and then for its last words, which are still in the pipe; an orphan that keeps the pipe open is not waited for.</summary>
    private async Task HearOutAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => ended.TrySetResult();
        if (!_process.HasExited)
        {
            await ended.Task;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _exited.TrySetResult(_process.ExitCode);
    }

    private async Task TellAsync(string? input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read; its exit tells why.
        }
    }

    private static ProcessStartInfo Describe(Launch launch)
    {
        var info = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = launch.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] prefix = launch.Account is null ? [] : [.. launch.Account.Prefix([.. launch.Reach.DefaultIfEmpty(launch.WorkingDirectory ?? "/")])];
        foreach (var word in prefix.Append(launch.FileName).Concat(launch.Arguments))
        {
            info.ArgumentList.Add(word);
        }

        // What is the AppHost's own; Aspire's orchestrator holds the same back.
        foreach (var own in s_ownVariables)
        {
            info.Environment.Remove(own);
        }

        foreach (var (key, value) in launch.Environment)
        {
            info.Environment[key] = value;
        }

        return info;
    }
}
