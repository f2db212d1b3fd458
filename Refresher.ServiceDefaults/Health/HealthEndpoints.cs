using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.ServiceDefaults.Management;

namespace Refresher.ServiceDefaults.Health;

/// <summary>Whether a process is alive (answers at all) and healthy (reaches what it needs).</summary>
internal static class HealthEndpoints
{
    private const string Live = "live";

    /// <summary>A check with this tag may fail without the process being of no use: it is degraded.</summary>
    private const string Optional = "optional";

    /// <summary>The name that the Redis client gives its check. Redis can be wiped or down at any time; PostgreSQL is the truth.</summary>
    private const string Redis = "StackExchange.Redis";

    /// <summary>The framework says each failing check with its stack whenever somebody asks; <see cref="SharedHealth"/> says it once.</summary>
    private const string OwnLog = "Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService";

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    internal static void AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.ShareHealth();
        builder.Logging.AddFilter(OwnLog, LogLevel.None);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations)
            {
                if (check.Name.StartsWith(Redis, StringComparison.Ordinal) || check.Tags.Contains(Optional))
                {
                    check.FailureStatus = HealthStatus.Degraded;
                }

                // A server that accepts and never answers is down as well.
                if (check.Timeout == Timeout.InfiniteTimeSpan)
                {
                    check.Timeout = CheckTimeout;
                }
            }
        });
    }

    /// <summary>Puts <see cref="SharedHealth"/> before whatever runs the checks.</summary>
    private static void ShareHealth(this IServiceCollection services)
    {
        var inner = services.Single(service => service.ServiceType == typeof(HealthCheckService)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<HealthCheckService>(provider =>
            new SharedHealth((HealthCheckService)ActivatorUtilities.CreateInstance(provider, inner), provider.GetRequiredService<ILogger<SharedHealth>>())));
    }

    internal static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = Write }).OnEveryPort();
        endpoints.MapHealthChecks("/alive", new HealthCheckOptions { ResponseWriter = Write, Predicate = check => check.Tags.Contains(Live) }).OnEveryPort();
    }

    /// <summary><c>Healthy</c>, or the status and a line for each check that is not: names only, since anybody may ask.</summary>
    private static Task Write(HttpContext context, HealthReport report)
    {
        var failing = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).OrderBy(entry => entry.Key, StringComparer.Ordinal);

        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Join('\n', failing.Select(entry => $"{entry.Key}: {entry.Value.Status}").Prepend(report.Status.ToString())));
    }
}
