using System.Runtime.InteropServices;

namespace Refresher.Tasks.Command;

/// <summary>The calls of Linux that .NET has no words for: a new session for a child, its resource usage, signals.</summary>
internal static partial class Posix
{
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int ByPid = 1;
    private const int HasExited = 4;
    private const int LeaveWaitable = 0x01000000;
    private const int Interrupted = 4;

    // Larger than posix_spawnattr_t, posix_spawn_file_actions_t, sigset_t, siginfo_t and struct rusage of glibc and musl.
    private const int Opaque = 1024;

    /// <summary>A pipe that no other child inherits.</summary>
    public static unsafe (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec) == 0 ? 0 : Marshal.GetLastPInvokeError(), "pipe");
        return (ends[0], ends[1]);
    }

    /// <summary>
    /// Starts a program as the leader of its own session, with default signal handling.
    /// </summary>
    /// <returns>Its process id, which is also its group's and its session's.</returns>
    /// <exception cref="IOException">It could not be started; the message says why.</exception>
    public static unsafe int Spawn(string[] command, string[] environment, string folder, int input, int output, int error)
    {
        byte* actions = stackalloc byte[Opaque], attributes = stackalloc byte[Opaque], signals = stackalloc byte[Opaque];
        Check(posix_spawn_file_actions_init(actions), "start");
        Check(posix_spawnattr_init(attributes), "start");
        try
        {
            Check(posix_spawn_file_actions_adddup2(actions, input, 0), "start");
            Check(posix_spawn_file_actions_adddup2(actions, output, 1), "start");
            Check(posix_spawn_file_actions_adddup2(actions, error, 2), "start");
            Check(posix_spawn_file_actions_addchdir_np(actions, folder), "start");
            Check(posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | SetSession), "start");
            _ = sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals), "start");
            _ = sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals), "start");
            Check(posix_spawn(out var pid, command[0], actions, attributes, [.. command, null], [.. environment, null]), $"start {command[0]} in {folder}");
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Blocks until the child has ended, and leaves it a zombie, so that its id still means it.</summary>
    public static unsafe void WaitForEnd(int pid)
    {
        var info = stackalloc byte[Opaque];
        while (waitid(ByPid, pid, info, HasExited | LeaveWaitable) != 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }
    }

    /// <summary>Takes the ended child's status, and the CPU time of it and of those of its descendants that were waited for.</summary>
    /// <returns>Null when somebody else has taken it.</returns>
    public static unsafe (int Status, TimeSpan Cpu, long MostResidentBytes)? Reap(int pid)
    {
        var usage = stackalloc nint[Opaque / sizeof(nint)];
        return wait4(pid, out var status, 0, usage) == pid
            ? (status, TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]), (long)usage[4] * 1024)
            : null;
    }

    /// <summary>Sends a signal to a process, or with a negative id to a group; who is gone is passed over.</summary>
    public static void Signal(int pid, int signal) => _ = kill(pid, signal);

    /// <summary>Whether there is something to read, or an end, within the time.</summary>
    public static unsafe bool CanRead(int file, int milliseconds)
    {
        var wanted = new PollFile { File = file, Events = 1 };
        return poll(&wanted, 1, milliseconds) > 0;
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new IOException($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int File;
        public short Events;
        public short Happened;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport(Library)]
    private static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport(Library)]
    private static unsafe partial int sigemptyset(byte* signals);

    [LibraryImport(Library)]
    private static unsafe partial int sigfillset(byte* signals);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, string?[] arguments, string?[] environment);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int waitid(int kind, int id, byte* info, int options);

    [LibraryImport(Library)]
    private static unsafe partial int wait4(int pid, out int status, int options, nint* usage);

    [LibraryImport(Library)]
    private static partial int kill(int pid, int signal);

    [LibraryImport(Library)]
    private static unsafe partial int poll(PollFile* files, nuint count, int milliseconds);
}
