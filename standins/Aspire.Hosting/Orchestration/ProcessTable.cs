// Stand-in for Aspire.Hosting: which processes belong to this system, on disk, so that none is left behind.
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.Hosting.Orchestration;

/// <summary>One process, named for ever by its id and start; <see cref="Signal"/> asks it to end.</summary>
internal sealed record ProcessEntry(string Name, int Pid, long Start, int Signal = Unix.SigTerm)
{
    [JsonIgnore]
    public bool IsAlive => ProcFs.IsAlive(Pid, Start);
}

/// <summary>The processes of one local system, oldest first, and the AppHost that started them.</summary>
/// <remarks>Written before anybody relies on a process, so a killed AppHost's successor can stop what it left; a reused id is told by the start time.</remarks>
internal sealed class ProcessTable(StateFolder state)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Lock _lock = new();
    private Content _content = new(ProcFs.BootId, null, []);

    private sealed record Content(string BootId, ProcessEntry? Owner, IReadOnlyList<ProcessEntry> Processes);

    /// <summary>Whether an AppHost was here and died without cleaning up.</summary>
    public bool IsAbandoned => Read().Owner is { IsAlive: false };

    /// <summary>Makes this process the owner, after stopping what a dead owner left.</summary>
    /// <exception cref="DistributedApplicationException">The system runs already.</exception>
    public async Task TakeAsync(Action<string> say)
    {
        var before = Read();
        if (before.Owner is { IsAlive: true } owner && owner.Pid != Environment.ProcessId)
        {
            throw new DistributedApplicationException($"The system runs already (AppHost, pid {owner.Pid}); stop it first: ./refresher down");
        }

        await StopAsync(before.Processes, say);
        var me = Environment.ProcessId;
        Change(_ => new(ProcFs.BootId, new("AppHost", me, ProcFs.StartOf(me) ?? 0), []));
    }

    public void Add(ProcessEntry process) => Change(content => content with { Processes = [.. content.Processes, process] });

    public void Remove(ProcessEntry process) => Change(content => content with { Processes = [.. content.Processes.Where(p => p != process)] });

    /// <summary>Forgets the owner; the next start finds nothing to do.</summary>
    public void Release()
    {
        lock (_lock)
        {
            File.Delete(state.ProcessTable);
        }
    }

    /// <summary>Stops a running system: asks its AppHost, waits for it, then stops whatever is left.</summary>
    /// <returns>Whether there was anything to stop.</returns>
    public async Task<bool> StopAllAsync(TimeSpan patience, Action<string> say)
    {
        var before = Read();
        var running = before.Owner is { IsAlive: true };
        if (running)
        {
            say($"Asking the AppHost (pid {before.Owner!.Pid}) to stop.");
            Unix.Signal(before.Owner.Pid, Unix.SigTerm);
            if (!await GoneAsync(() => !before.Owner.IsAlive, patience))
            {
                say($"The AppHost did not stop within {patience.TotalSeconds:0} s; killing it.");
                Unix.Signal(before.Owner.Pid, Unix.SigKill);
                await GoneAsync(() => !before.Owner.IsAlive, TimeSpan.FromSeconds(5));
            }
        }

        var left = running && File.Exists(state.ProcessTable) ? Read().Processes : before.Processes;
        await StopAsync(left, say);
        Release();
        return running || left.Count > 0;
    }

    /// <summary>Waits for a condition, asking often.</summary>
    public static async Task<bool> GoneAsync(Func<bool> gone, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (!gone())
        {
            if (watch.Elapsed > patience)
            {
                return false;
            }

            await Task.Delay(50);
        }

        return true;
    }

    private static async Task StopAsync(IReadOnlyList<ProcessEntry> processes, Action<string> say)
    {
        foreach (var process in processes.Reverse())
        {
            // Children of a leader that is gone keep its session; the session's number cannot be reused while one of them lives.
            if (process.IsAlive)
            {
                say($"Stopping {process.Name} (pid {process.Pid}), left by an AppHost that was killed.");
                Unix.Signal(process.Pid, process.Signal);
                await GoneAsync(() => !process.IsAlive, TimeSpan.FromSeconds(15));
            }

            KillSession(process);
        }
    }

    /// <summary>Kills what is left of the session that a process led.</summary>
    public static void KillSession(ProcessEntry leader)
    {
        if (ProcFs.StartOf(leader.Pid) is { } start && start != leader.Start)
        {
            return;
        }

        foreach (var pid in ProcFs.MembersOf(leader.Pid))
        {
            Unix.Signal(pid, Unix.SigKill);
        }
    }

    private Content Read()
    {
        try
        {
            var content = File.Exists(state.ProcessTable) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(state.ProcessTable), s_json) : null;
            return content is not null && content.BootId == ProcFs.BootId ? content : new(ProcFs.BootId, null, []);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{state.ProcessTable} cannot be read: {e.Message} If nothing of the system runs, delete it.");
        }
    }

    private void Change(Func<Content, Content> change)
    {
        lock (_lock)
        {
            _content = change(_content);
            StateFolder.WritePrivate(state.ProcessTable, JsonSerializer.Serialize(_content, s_json));
        }
    }
}
