using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Refresher.Tasks.Command;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Null when a signal ended it.</param>
/// <param name="Signal">The signal's number; null when it exited by itself.</param>
/// <param name="Cpu">User and system time of the program and of those of its descendants that it waited for.</param>
/// <param name="PeakBytes">The most resident memory seen, of it and its descendants together; null when it was over before the first look.</param>
/// <param name="LeftBehind">Processes that outlived it and were killed.</param>
internal sealed record CommandExit(int? ExitCode, int? Signal, TimeSpan Cpu, long? PeakBytes, int LeftBehind);

/// <summary>
/// A program running as the leader of its own session. One thread of its own starts it, waits for it and reaps it: the
/// kernel's parent-death signal follows the thread that started a child.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    // Present wherever util-linux is. The kernel then kills the program if the worker dies without a word.
    private const string Setpriv = "/usr/bin/setpriv";

    private readonly TaskCompletionSource<CommandExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reaping = new();
    private readonly ManualResetEventSlim _over = new();
    private readonly CommandOutput _output;
    private readonly Guid _execution = Guid.NewGuid();
    private ProcessTree? _tree;
    private long _peakBytes;

    private ChildProcess(CommandOutput output) => _output = output;

    /// <summary>Ends with the program and everyone it started, and when all output has been read.</summary>
    public Task<CommandExit> Ended => _ended.Task;

    /// <param name="program">Full path.</param>
    /// <param name="input">For its standard input, at most <see cref="CommandOptions.MaxInputBytes"/>.</param>
    /// <exception cref="IOException">It could not be started (from <see cref="Ended"/>).</exception>
    public static ChildProcess Start(
        string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, string input, CommandOutput output)
    {
        var child = new ChildProcess(output);
        string[] launcher = File.Exists(Setpriv) ? [Setpriv, "--pdeathsig", "KILL", "--"] : [];
        string[] command = [.. launcher, program, .. arguments];
        string[] variables = [.. environment.Select(variable => $"{variable.Key}={variable.Value}"), $"{CommandEnvironment.Execution}={child._execution}"];
        new Thread(() => child.Live(command, variables, folder, input)) { IsBackground = true, Name = $"command {program}" }.Start();
        return child;
    }

    /// <summary>Signals everyone of the command; does nothing once it is over.</summary>
    public void Signal(int signal)
    {
        lock (_reaping)
        {
            if (!_over.IsSet)
            {
                _tree?.Signal(signal);
            }
        }
    }

    /// <summary>Only after <see cref="Ended"/>.</summary>
    public void Dispose() => _over.Dispose();

    private void Live(string[] command, string[] environment, string folder, string input)
    {
        try
        {
            var (stdin, give) = Posix.Pipe();
            var (take, stdout) = Posix.Pipe();
            var (takeError, stderr) = Posix.Pipe();
            using var giving = Stream(give, FileAccess.Write);
            using var taking = Stream(take, FileAccess.Read);
            using var takingError = Stream(takeError, FileAccess.Read);
            int pid;
            using (new SafeFileHandle(stdin, ownsHandle: true))
            using (new SafeFileHandle(stdout, ownsHandle: true))
            using (new SafeFileHandle(stderr, ownsHandle: true))
            {
                giving.Write(Encoding.UTF8.GetBytes(input));
                giving.Close();
                pid = Posix.Spawn(command, environment, folder, stdin, stdout, stderr);
            }

            _tree = new ProcessTree(pid, _execution);
            Task[] helpers =
            [
                Beside(() => Pump(taking, _output.Standard)),
                Beside(() => Pump(takingError, _output.Error)),
                Beside(WatchMemory),
            ];
            CommandExit exit;
            try
            {
                exit = WaitAndReap(pid);
            }
            finally
            {
                Task.WaitAll(helpers);
            }

            _ended.SetResult(exit);
        }
        catch (Exception failed)
        {
            _ended.SetException(failed);
        }
    }

    private CommandExit WaitAndReap(int pid)
    {
        Posix.WaitForEnd(pid);
        lock (_reaping)
        {
            var leftBehind = _tree!.KillOthers();
            var reaped = Posix.Reap(pid);
            _over.Set();
            if (reaped is not { } end)
            {
                throw new IOException("The program's exit status was taken by somebody else.");
            }

            // Linux counts the memory of the process that started it into a child's maximum, so a smaller figure says nothing.
            using var self = Process.GetCurrentProcess();
            var peak = end.MostResidentBytes > self.PeakWorkingSet64 ? Math.Max(end.MostResidentBytes, _peakBytes) : _peakBytes;
            var signal = end.Status & 0x7f;
            return new CommandExit(signal == 0 ? (end.Status >> 8) & 0xff : null, signal == 0 ? null : signal, end.Cpu, peak == 0 ? null : peak, leftBehind);
        }
    }

    /// <summary>Reads until the end, or until the command is over and nothing more is there: who escaped may keep the pipe open for ever.</summary>
    private void Pump(FileStream pipe, CommandStream stream)
    {
        var buffer = new byte[16 * 1024];
        using var text = stream;
        while (true)
        {
            var over = _over.IsSet;
            if (!Posix.CanRead((int)pipe.SafeFileHandle.DangerousGetHandle(), milliseconds: over ? 0 : 50))
            {
                if (over)
                {
                    return;
                }

                continue;
            }

            var length = pipe.Read(buffer);
            if (length == 0)
            {
                return;
            }

            text.Write(buffer.AsSpan(0, length));
        }
    }

    /// <summary>Looks after 5 ms, then ever less often, down to four times a second.</summary>
    private void WatchMemory()
    {
        for (var wait = 5; !_over.Wait(wait); wait = Math.Min(wait * 2, 250))
        {
            _peakBytes = Math.Max(_peakBytes, _tree!.ResidentBytes());
        }
    }

    private static FileStream Stream(int pipe, FileAccess access) => new(new SafeFileHandle(pipe, ownsHandle: true), access, bufferSize: 0);

    private static Task Beside(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
