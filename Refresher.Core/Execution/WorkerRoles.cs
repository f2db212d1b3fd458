using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Refresher.Core.Execution;

/// <summary>
/// The parts of a worker that can run in processes of their own. Configuration: <c>Worker:Roles</c>, a list or separated by commas; all of them when it is not given.
/// </summary>
public static class WorkerRoles
{
    /// <summary>Takes and executes runs.</summary>
    public const string Runs = "runs";

    /// <summary>Looks at what is watched: the site-check loop.</summary>
    public const string Checks = "checks";

    /// <summary>Publishes the outbox to the broker, where there is one, and keeps it small.</summary>
    public const string Relay = "relay";

    /// <summary>Acts on events.</summary>
    public const string Consumers = "consumers";

    /// <summary>Sends what people are told.</summary>
    public const string Alerts = "alerts";

    public static IReadOnlyList<string> All { get; } = [Runs, Checks, Relay, Consumers, Alerts];

    private const string Key = $"{WorkerOptions.Section}:Roles";

    /// <summary>Whether this process runs a part; for registrations in <c>AddWorkers</c>.</summary>
    /// <param name="role">One of <see cref="All"/>.</param>
    /// <exception cref="InvalidOperationException">The configuration names a role there is not.</exception>
    public static bool RunsRole(this IHostApplicationBuilder builder, string role) => Of(builder.Configuration).Contains(role);

    internal static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Key);
        var given = section.Value is { } list ? list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : section.Get<string[]>() ?? [];
        return given.FirstOrDefault(role => !All.Contains(role)) is { } unknown
            ? throw new InvalidOperationException($"{Key} names '{unknown}'. There are: {string.Join(", ", All)}.")
            : given.Length == 0 ? All : given;
    }
}
