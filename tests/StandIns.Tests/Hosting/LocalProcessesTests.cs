using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace StandIns.Tests.Hosting;

public sealed class LocalProcessesTests
{
    [Fact]
    public async Task A_service_that_dies_is_told_with_its_exit_code_and_last_words()
    {
        await using var system = new LocalSystem();
        system.Add("frail", "echo these were my last words; exit 3");

        await system.App.StartAsync();
        var dead = await system.StateAsync("frail", KnownResourceStates.Exited);

        Assert.Equal(3, dead.Snapshot.ExitCode);
        Assert.Contains(dead.Snapshot.Properties, p => p.Name == "resource.reason" && $"{p.Value}".Contains("these were my last words", StringComparison.Ordinal));
        Assert.Equal("these were my last words", system.Read("logs/frail.log").Trim());
    }

    [Fact]
    public async Task A_signal_that_kills_a_service_is_named_and_nothing_starts_it_again()
    {
        await using var system = new LocalSystem();
        system.Add("victim", "echo $$ >> pid; sleep 1000");
        await system.App.StartAsync();
        Unix.Signal(await system.PidInAsync("pid"), Unix.SigKill);

        var dead = await system.StateAsync("victim", KnownResourceStates.Exited);

        Assert.Equal(137, dead.Snapshot.ExitCode);
        Assert.Contains(dead.Snapshot.Properties, p => $"{p.Value}".Contains("SIGKILL", StringComparison.Ordinal));
        Assert.Single(system.Read("pid").Trim().Split('\n'));
    }

    [Fact]
    public async Task A_service_that_waits_does_not_start_when_the_other_cannot()
    {
        await using var system = new LocalSystem();
        var broken = system.AddProgram("broken", "no-such-program");
        system.Add("waiting", "touch started").WaitFor(broken);

        await system.App.StartAsync();
        await system.StateAsync("waiting", KnownResourceStates.FailedToStart);

        Assert.False(File.Exists(Path.Combine(system.Folder.FullName, "started")));
    }

    [Fact]
    public async Task A_service_starts_when_the_one_before_it_is_done()
    {
        await using var system = new LocalSystem();
        var first = system.Add("first", "sleep 0.2; echo done > first");
        system.Add("second", "cat first > second; sleep 1000").WaitForCompletion(first);

        await system.App.StartAsync();

        Assert.Equal("done", await system.WrittenAsync("second"));
    }

    [Fact]
    public async Task Services_stop_in_the_reverse_order_of_their_waits()
    {
        await using var system = new LocalSystem();
        const string script = "trap 'echo {0} >> stopped; exit 0' TERM; echo ready > {0}; while :; do sleep 0.05; done";
        var below = system.Add("below", script.Replace("{0}", "below", StringComparison.Ordinal));
        system.Add("above", script.Replace("{0}", "above", StringComparison.Ordinal)).WaitFor(below);
        await system.App.StartAsync();
        await system.WrittenAsync("below");
        await system.WrittenAsync("above");

        await system.App.StopAsync();

        Assert.Equal("above\nbelow", system.Read("stopped").Trim());
    }

    [Fact]
    public async Task A_stop_leaves_nothing_that_a_service_started()
    {
        await using var system = new LocalSystem();
        system.Add("parent", "sh -c 'trap \"\" TERM INT HUP; echo $$ > child; while :; do sleep 0.1; done' & wait");
        await system.App.StartAsync();
        var child = await system.PidInAsync("child");
        Assert.NotNull(ProcFs.StartOf(child));

        await system.App.StopAsync();

        await Until.TrueAsync(() => ProcFs.StartOf(child) is null, "the child is gone");
        Assert.False(File.Exists(Path.Combine(system.Folder.FullName, "processes.json")));
    }

    [Fact]
    public async Task A_taken_port_is_named_with_its_holder()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var system = new LocalSystem();
        system.Add("late", "exit 0").WithHttpEndpoint(port);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => system.App.StartAsync());

        Assert.Contains($"Port {port}, wanted by late, is held by", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_restarts_a_service_on_the_same_port()
    {
        await using var system = new LocalSystem();
        system.Add("again", "echo $PORT >> ports; sleep 1000").WithHttpEndpoint(env: "PORT");
        await system.App.StartAsync();
        await system.WrittenAsync("ports");

        var result = await system.App.ResourceCommands.ExecuteCommandAsync("again", KnownResourceCommands.RestartCommand);

        Assert.True(result.Success);
        await Until.TrueAsync(() => system.Read("ports").Trim().Contains('\n'), "it started twice");
        var ports = system.Read("ports").Trim().Split('\n');
        Assert.Equal(ports[0], ports[1]);
    }

    [Fact]
    public async Task A_service_seen_to_be_over_can_be_started_in_the_same_moment()
    {
        await using var system = new LocalSystem();
        system.Add("again", "echo begun >> starts; exit 3");
        await system.App.StartAsync();

        for (var starts = 1; starts <= 20; starts++)
        {
            await Until.TrueAsync(() => File.Exists(Path.Combine(system.Folder.FullName, "starts")) && system.Read("starts").Trim().Split('\n').Length == starts, $"start number {starts}");
            await system.StateAsync("again", KnownResourceStates.Exited);
            await system.App.ResourceCommands.ExecuteCommandAsync("again", KnownResourceCommands.StartCommand);
        }
    }
}
