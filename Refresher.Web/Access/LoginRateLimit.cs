using System.Threading.RateLimiting;
using Refresher.Core.Http;

namespace Refresher.Web.Access;

/// <summary>How often one address may try to log in, beside the lockout of single users: guessing over many users is slowed too.</summary>
internal static class LoginRateLimit
{
    public const string Name = "login";

    private const int DefaultTries = 20;

    /// <param name="configuration"><c>Login:TriesPerMinute</c> of one address; 20 when it is not set.</param>
    public static IServiceCollection AddLoginRateLimit(this IServiceCollection services, IConfiguration configuration) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(Name, http => HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter($"from {ClientAddress.Network(http.Connection.RemoteIpAddress)}", _ =>
                new FixedWindowRateLimiterOptions { PermitLimit = configuration.GetValue("Login:TriesPerMinute", DefaultTries), Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("looking"));
    });
}
