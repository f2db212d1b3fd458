using Microsoft.Extensions.Configuration;

namespace Refresher.Core.Data;

/// <summary>What this process is called wherever it is shown: unique among those that live.</summary>
/// <param name="Name">What stays over restarts: orders are given to it.</param>
/// <param name="Value">The process itself.</param>
public sealed record NodeName(string Name, string Value)
{
    /// <summary><c>Node:Name</c> with the process's number; else machine and number, which in a container are the same after a restart.</summary>
    public static NodeName From(IConfiguration configuration)
    {
        var process = $"{(configuration["Node:Name"] is { Length: > 0 } given ? given : Environment.MachineName)}.{Environment.ProcessId}";
        return new(configuration["Node:Name"] is { Length: > 0 } name ? name : process, process);
    }

    public override string ToString() => Value;
}
