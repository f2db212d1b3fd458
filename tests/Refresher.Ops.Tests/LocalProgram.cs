using System.Diagnostics;
using System.Text;

namespace Refresher.Ops.Tests;

/// <summary>A program of the machine that runs beside a test: a gateway, an authority, a server.</summary>
internal sealed class LocalProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private LocalProgram(Process process) => _process = process;

    public int Id => _process.Id;

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

    public static LocalProgram Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = new LocalProgram(Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started."));
        started._process.OutputDataReceived += (_, line) => started.Keep(line.Data);
        started._process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var running = Start(program, arguments, environment);
        await running._process.WaitForExitAsync();
        return (running._process.ExitCode, running.Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
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
