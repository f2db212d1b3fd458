using Microsoft.Extensions.Configuration;

namespace Refresher.Core.Data;

/// <summary>What this process is called wherever it is shown: unique among those that live.</summary>
public sealed record NodeName(string Value)
{
    /// <summary><c>Node:Name</c>, else machine and process; the latter is unique even after a crash.</summary>
    public static NodeName From(IConfiguration configuration) =>
        new(configuration["Node:Name"] is { Length: > 0 } name ? $"{name}/{Environment.ProcessId}" : $"{Environment.MachineName}/{Environment.ProcessId}");

    public override string ToString() => Value;
}
