using System.Threading.RateLimiting;

namespace Refresher.Web.Access;

/// <summary>How often one address may try to log in, beside the lockout of single users: guessing over many users is slowed too.</summary>
internal static class LoginRateLimit
{
    public const string Name = "login";

    /// <summary>Tries of one address a minute.</summary>
    public const int Tries = 20;

    public static IServiceCollection AddLoginRateLimit(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(Name, http => HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "", _ =>
                new FixedWindowRateLimiterOptions { PermitLimit = Tries, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter(""));
    });
}
