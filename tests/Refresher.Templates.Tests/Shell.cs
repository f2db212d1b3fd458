using System.Diagnostics;
using System.Text;

namespace Refresher.Templates.Tests;

/// <summary>Programs, run as a person runs them.</summary>
internal static class Shell
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(40);

    /// <returns>What it wrote, both outputs as they came.</returns>
    /// <exception cref="InvalidOperationException">It failed; with what it wrote.</exception>
    public static async Task<string> RunAsync(string folder, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var (code, text) = await TryAsync(folder, program, arguments, environment);
        return code == 0 ? text : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} in {folder} ended with {code}:\n{text}");
    }

    public static async Task<(int Code, string Text)> TryAsync(string folder, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // What `dotnet test` tells its own processes is not meant for those that a test starts.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var text = new StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(text, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(text, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {s_patience}:\n{text}");
        }

        lock (text)
        {
            return (process.ExitCode, text.ToString());
        }
    }

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }
}
