// Stand-in for Aspire.Hosting: the few system calls .NET has no name for.
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Orchestration;

internal static partial class Unix
{
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static bool IsRoot => geteuid() == 0;

    /// <summary>Sends a signal to a process; to its whole group when <paramref name="group"/>. A process that is gone is no error.</summary>
    public static void Signal(int pid, int signal, bool group = false) => _ = kill(group ? -pid : pid, signal);

    /// <exception cref="IOException">The owner could not be changed.</exception>
    public static void ChangeOwner(string path, int user, int group)
    {
        if (chown(path, user, group) != 0)
        {
            throw new IOException($"Cannot change the owner of {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The name of the signal behind an exit code above 128, in brackets, or nothing.</summary>
    public static string SignalOf(int exitCode) => exitCode switch
    {
        130 => " (SIGINT)",
        134 => " (SIGABRT)",
        137 => " (SIGKILL)",
        139 => " (SIGSEGV)",
        143 => " (SIGTERM)",
        _ => "",
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, int owner, int group);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
