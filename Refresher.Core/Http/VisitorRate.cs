using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Http;

/// <summary>How often one address may ask for what is public. Generous: the answers come from memory, and a whole office may stand behind one address.</summary>
public static class VisitorRate
{
    public const string Policy = "visitor";

    /// <summary>Requests of one address in a minute.</summary>
    public const int Default = 6000;

    private const int SecondsPerMinute = 60;

    /// <param name="configuration"><c>Public:RequestsPerMinute</c> of one address, 60 or more; 0: any number. 6,000 when it is not set.</param>
    public static IServiceCollection AddVisitorRate(this IServiceCollection services, IConfiguration configuration) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = RefuseAsync;
        options.AddPolicy(Policy, http => configuration.GetValue("Public:RequestsPerMinute", Default) is > 0 and var most
            ? RateLimitPartition.GetTokenBucketLimiter($"visitor {ClientAddress.Network(http.Connection.RemoteIpAddress)}", _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = most,
                TokensPerPeriod = Math.Max(1, most / SecondsPerMinute),
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            })
            : RateLimitPartition.GetNoLimiter("any"));
    });

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancel)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? known : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var response = rejected.HttpContext.Response;
        response.Headers.RetryAfter = seconds;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync($"Too many requests from your address. Try again in {seconds} s.\n", cancel);
    }
}
