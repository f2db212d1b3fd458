using System.Diagnostics;

namespace Refresher.Ops.Tests.Observability;

/// <summary>What the repository has for those who watch it, and the program that checks it.</summary>
internal static class Infra
{
    public static string Prometheus => Repository.PathOf("infra/prometheus");

    public static string Grafana => Repository.PathOf("infra/grafana");

    /// <summary>Runs promtool to its end.</summary>
    /// <param name="input">What it reads.</param>
    /// <returns>Its exit code and all it wrote.</returns>
    public static async Task<(int Code, string Text)> PromtoolAsync(string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
