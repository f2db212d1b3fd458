using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting.Orchestration;

namespace StandIns.Tests.Hosting;

/// <summary>The AppHost itself as a process that is killed, on its servers.</summary>
public sealed class KilledAppHostTests : IDisposable
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Refresher.AppHost.dll");
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("refresher-killed-");

    public KilledAppHostTests() => File.SetUnixFileMode(_state.FullName, (UnixFileMode)0b111_001_001);

    [Fact]
    public async Task The_next_start_stops_what_a_killed_AppHost_left()
    {
        var left = await StartAndKillAsync();

        using var next = Start("--only", "servers", "--throwaway");
        await Until.TrueAsync(() => Table().Count == 2 && Table().All(p => p.IsAlive && !left.Contains(p)), "the next start has servers of its own");

        Assert.All(left, process => Assert.False(process.IsAlive));
        Unix.Signal(next.Id, Unix.SigTerm);
        await next.WaitForExitAsync();
        Assert.Equal(0, next.ExitCode);
        Assert.False(File.Exists(TablePath));
    }

    [Fact]
    public async Task A_stop_cleans_up_after_a_killed_AppHost()
    {
        var left = await StartAndKillAsync();

        using var stop = Start("--operation", "stop");
        await stop.WaitForExitAsync();

        Assert.Equal(0, stop.ExitCode);
        Assert.All(left, process => Assert.False(process.IsAlive));
        Assert.False(File.Exists(TablePath));
    }

    [Fact]
    public async Task A_process_that_got_a_dead_ones_id_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "60");
        var table = new ProcessTable(new StateFolder(_state.FullName));
        table.Add(new ProcessEntry("long gone", stranger.Id, Start: 1));

        await new ProcessTable(new StateFolder(_state.FullName)).StopAllAsync(TimeSpan.FromSeconds(5), _ => { });

        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    public void Dispose()
    {
        using var stop = Start("--operation", "stop");
        stop.WaitForExit();
        _state.Delete(recursive: true);
    }

    private string TablePath => Path.Combine(_state.FullName, "processes.json");

    private async Task<List<ProcessEntry>> StartAndKillAsync()
    {
        using var first = Start("--only", "servers", "--throwaway");
        await Until.TrueAsync(() => Table().Count == 2, "both servers run");
        var servers = Table();
        Unix.Signal(first.Id, Unix.SigKill);
        await first.WaitForExitAsync();
        Assert.All(servers, process => Assert.True(process.IsAlive));
        return servers;
    }

    private Process Start(params string[] args) => Process.Start(new ProcessStartInfo("dotnet", [s_program, "--state", _state.FullName, "--Logs:Quiet=true", .. args])
    {
        // What the killed one's servers still say goes nowhere, and must not block them.
        RedirectStandardOutput = false,
    })!;

    private List<ProcessEntry> Table()
    {
        if (!File.Exists(TablePath))
        {
            return [];
        }

        using var json = JsonDocument.Parse(File.ReadAllText(TablePath));
        return [.. json.RootElement.GetProperty("processes").EnumerateArray().Select(p => p.Deserialize<ProcessEntry>(JsonSerializerOptions.Web)!)];
    }
}
