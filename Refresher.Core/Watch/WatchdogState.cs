using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;

namespace Refresher.Core.Watch;

/// <summary>Whether the watchdog may call, and what it last did.</summary>
/// <param name="IsOn">An address is configured in this process.</param>
/// <param name="Parts">What has to prove itself, and when it last did.</param>
/// <param name="Silence">Why it has to be silent, in words; null when every part has proved itself.</param>
/// <param name="CalledAt">When its call last arrived; null: never.</param>
/// <param name="Failure">Why the last call did not arrive, or was not made, when that is younger than the last one that did.</param>
public sealed record WatchdogStatus(bool IsOn, IReadOnlyList<PartStatus> Parts, string? Silence, DateTimeOffset? CalledAt, string? Failure);

/// <summary>A part of the system and its last proof.</summary>
/// <param name="At">Null: never.</param>
public sealed record PartStatus(string Title, DateTimeOffset? At, bool IsFresh);

/// <summary>Reads the state of the watchdog; any process may.</summary>
public sealed class WatchdogState(LivenessMarks marks, IEnumerable<LivenessExpectation> expected, IOptions<WatchdogOptions> options, TimeProvider clock)
{
    internal const string Called = "watchdog.called";

    internal const string Silent = "watchdog.silent";

    public async Task<WatchdogStatus> ReadAsync(CancellationToken cancel)
    {
        var (found, now) = (await marks.ReadAsync(cancel), clock.GetUtcNow());
        var parts = expected.Select(part =>
        {
            var at = found.GetValueOrDefault(part.Name)?.At;
            return (Part: new PartStatus(part.Title, at, at >= now - (options.Value.Within ?? part.Within)), Within: options.Value.Within ?? part.Within);
        }).ToArray();
        var stale = parts.Where(part => !part.Part.IsFresh).Select(part => part.Part.At is { } at
            ? $"no {part.Part.Title} since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (allowed: {PlainJson.Write(part.Within)})"
            : $"no {part.Part.Title} yet").ToArray();
        var (called, silent) = (found.GetValueOrDefault(Called), found.GetValueOrDefault(Silent));
        return new WatchdogStatus(
            options.Value.IsOn, [.. parts.Select(part => part.Part)], stale.Length == 0 ? null : string.Join("; ", stale), called?.At, silent is not null && !(called?.At > silent.At) ? silent.Note : null);
    }
}

/// <summary>Degraded while the watchdog is silent: people are told by whoever waits for it, and here they see why.</summary>
internal sealed class WatchdogHealth(WatchdogState state, SchemaGate gate) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!gate.IsOpen)
        {
            // That the schema is not there yet is for its own check to say.
            return HealthCheckResult.Healthy("not looked at yet");
        }

        try
        {
            var now = await state.ReadAsync(cancellationToken);
            return !now.IsOn ? HealthCheckResult.Healthy("no address is set (Watchdog:Url)")
                : (now.Silence ?? now.Failure) is { } reason ? HealthCheckResult.Degraded($"silent: {reason}")
                : HealthCheckResult.Healthy(now.CalledAt is { } at ? $"called at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "not called yet");
        }
        catch (NpgsqlException error)
        {
            return HealthCheckResult.Degraded($"silent: PostgreSQL does not answer ({error.Message})");
        }
    }
}
