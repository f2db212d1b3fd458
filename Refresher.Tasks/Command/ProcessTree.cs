using System.Globalization;
using System.Text;

namespace Refresher.Tasks.Command;

/// <summary>
/// The processes of a command: all of its session, and whoever left that session but still carries the mark of this
/// execution in its environment. Read from <c>/proc</c> (proc(5)).
/// </summary>
internal sealed class ProcessTree(int leader, Guid execution)
{
    private readonly byte[] _mark = Encoding.ASCII.GetBytes($"{CommandEnvironment.Execution}={execution}\0");

    /// <summary>Everyone but the leader who has not ended.</summary>
    public IEnumerable<int> Others() => Everyone().Where(pid => pid != leader && (SessionOf(pid) == leader || IsMarked(pid)));

    /// <summary>Signals the leader's group and everyone else of the command.</summary>
    public void Signal(int signal)
    {
        Posix.Signal(-leader, signal);
        foreach (var pid in Others())
        {
            Posix.Signal(pid, signal);
        }
    }

    /// <summary>Kills whom the leader left behind, again until nobody is left or new ones come faster than they go.</summary>
    /// <returns>How many were found at first.</returns>
    public int KillOthers()
    {
        var found = 0;
        for (var round = 0; round < 50; round++)
        {
            var others = Others().ToList();
            if (others.Count == 0)
            {
                break;
            }

            found = Math.Max(found, others.Count);
            others.ForEach(pid => Posix.Signal(pid, Posix.SIGKILL));
        }

        return found;
    }

    /// <summary>Resident memory of the leader and its descendants together, in bytes; pages they share count once for each.</summary>
    public long ResidentBytes()
    {
        var bytes = 0L;
        var waiting = new Queue<int>([leader]);
        while (waiting.TryDequeue(out var pid))
        {
            var pages = Read($"/proc/{pid}/statm").Split(' ');
            bytes += pages.Length > 1 ? Number(pages[1]) * Environment.SystemPageSize : 0;
            foreach (var child in ChildrenOf(pid))
            {
                waiting.Enqueue(child);
            }
        }

        return bytes;
    }

    private static IEnumerable<int> ChildrenOf(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task")
                .SelectMany(thread => Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => (int)Number(child));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static IEnumerable<int> Everyone() =>
        Directory.EnumerateDirectories("/proc").Select(path => (int)Number(path["/proc/".Length..])).Where(pid => pid > 0);

    /// <summary>0 for who has ended, zombies included.</summary>
    private static int SessionOf(int pid)
    {
        // "pid (name) state ppid pgrp session …"; the name may hold anything, brackets too.
        var stat = Read($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 3 && fields[0] is not ("Z" or "X") ? (int)Number(fields[3]) : 0;
    }

    private bool IsMarked(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
