using System.Diagnostics;

namespace Refresher.Docs.Tests;

/// <summary>Programs of the machine.</summary>
internal static class Shell
{
    private static readonly string[] s_folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin"];

    public static bool Has(string program) => s_folders.Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program in the repository's folder to its end; kills it and its children when it takes longer than <paramref name="patience"/>.</summary>
    /// <param name="environment">Variables that it has besides.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IReadOnlyList<string> arguments, string input, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, await output, $"{await errors}\nIt took too long.");
        }

        return (process.ExitCode, await output, await errors);
    }
}

/// <summary>A fact that needs programs of the machine; without one it is skipped, and says which. <c>./refresher test</c> installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="programs">Names as one types them.</param>
    public ProgramFactAttribute(params string[] programs)
    {
        if (programs.Where(program => !Shell.Has(program)).ToList() is { Count: > 0 } missing)
        {
            Skip = $"Not on this machine: {string.Join(", ", missing)}. ./refresher test installs what its tests need.";
        }
    }
}
