using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Refresher.ServiceDefaults.Health;

/// <summary>
/// One look at everything a second, whoever and however many ask: anybody may, and each look costs the database a query. A check is logged
/// when it begins to fail and when it is well again, not each time somebody looks.
/// </summary>
/// <param name="checks">Runs the checks.</param>
internal sealed partial class SharedHealth(HealthCheckService checks, ILogger<SharedHealth> log) : HealthCheckService, IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, HealthStatus> _said = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private HealthReport? _last;
    private long _lookedAt;

    public override async Task<HealthReport> CheckHealthAsync(Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
    {
        if (predicate is not null)
        {
            // A part of the checks: those of liveness, which ask nobody.
            return await checks.CheckHealthAsync(predicate, cancellationToken);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is null || Stopwatch.GetElapsedTime(_lookedAt) >= MaxAge)
            {
                // Others wait for the same answer: it does not end with the request that happened to come first. Each check has a time limit.
                _last = await checks.CheckHealthAsync(null, CancellationToken.None);
                _lookedAt = Stopwatch.GetTimestamp();
                Tell(_last);
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void Tell(HealthReport report)
    {
        foreach (var (name, entry) in report.Entries)
        {
            var isFirst = !_said.TryGetValue(name, out var before);
            before = isFirst ? HealthStatus.Healthy : before;
            _said[name] = entry.Status;
            if (entry.Status == before)
            {
                continue;
            }

            if (entry.Status == HealthStatus.Healthy)
            {
                LogWell(name, before);
            }
            else
            {
                // At its first look a process may just not be ready, as every one is before its database is.
                LogFails(entry.Status == HealthStatus.Unhealthy && !isFirst ? LogLevel.Error : LogLevel.Warning, entry.Exception, name, entry.Status, entry.Description ?? entry.Exception?.Message ?? "");
            }
        }
    }

    [LoggerMessage(Message = "Health check {Check} is {Status}: {Reason}")]
    private partial void LogFails(LogLevel level, Exception? error, string check, HealthStatus status, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Health check {Check} is well again; it was {Before}.")]
    private partial void LogWell(string check, HealthStatus before);
}
