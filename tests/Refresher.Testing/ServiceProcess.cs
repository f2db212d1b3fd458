using System.Diagnostics;
using System.Text;

namespace Refresher.Testing;

/// <summary>One of our services as a process of its own, which a test may kill.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private ServiceProcess(string name, Process process) => (Name, _process) = (name, process);

    /// <summary><c>worker-2</c>.</summary>
    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    public bool IsAlive => !_process.HasExited;

    /// <summary>Processor time it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of its working set.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    /// <summary>What it wrote, at most the last megabyte.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <param name="service"><c>Worker</c>, <c>Scheduler</c>, <c>Api</c> or <c>Web</c>.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="arguments">A verb of the program: <c>reset-admin</c>, <c>healthy</c>.</param>
    public static ServiceProcess Start(string service, string name, TestDatabase database, IReadOnlyDictionary<string, string>? settings = null, IReadOnlyList<string>? arguments = null)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(service), .. arguments ?? []]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.WorkingDirectory = Path.GetDirectoryName(PathOf(service))!;
        start.Environment["ConnectionStrings__refresher"] = database.ConnectionString;
        start.Environment["ConnectionStrings__redis"] = database.RedisConnectionString;
        start.Environment["Node__Name"] = name;
        start.Environment["Management__Port"] = FreePort.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["Logging__LogLevel__Default"] = "Information";
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        var started = new ServiceProcess(name, process);
        process.OutputDataReceived += (_, line) => started.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>SIGKILL: it gets no chance to say anything.</summary>
    /// <param name="withChildren">Finding them takes some tenths of a second; where the instant matters and there are none, say false.</param>
    public void Kill(bool withChildren = true) => _process.Kill(withChildren);

    /// <summary>Sends a signal by name: <c>STOP</c>, <c>CONT</c>, <c>TERM</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Task WaitForExitAsync(CancellationToken cancel = default) => _process.WaitForExitAsync(cancel);

    /// <summary>Asks the process to end and waits for it; kills it after half a minute.</summary>
    public async Task StopAsync()
    {
        if (IsAlive)
        {
            Signal("CONT");
            Signal("TERM");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsAlive)
            {
                Kill();
                await _process.WaitForExitAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    // Beside our own output: artifacts/SET/bin/Refresher.Worker/debug/Refresher.Worker.dll
    private static string PathOf(string service)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(own.Parent!.Parent!.FullName, "Refresher." + service, own.Name, $"Refresher.{service}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"Refresher.{service} is not built: build the solution first.", path);
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            if (_log.Length > 1 << 20)
            {
                _log.Remove(0, 1 << 19);
            }

            _log.AppendLine(line);
        }
    }
}
