using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SpeedTest.Backend;

namespace Refresher.Tasks.SpeedTest;

/// <summary>
/// The other end of a speed test, as LibreSpeed's clients expect it: <c>garbage</c> gives random bytes, <c>empty</c> takes any and
/// gives none, <c>getIP</c> tells the caller's address. Answers callers on the same machine, and others only when it is public, within their caps.
/// </summary>
internal static class SpeedTestBackend
{
    private const int Mebibyte = 1024 * 1024;
    private const int MostMebibytes = 1024;
    private const int UsualMebibytes = 4;
    private const string Use = "speed-backend-use";

    // One mebibyte of noise for everybody: nothing on the way can compress it, and nothing is computed per request.
    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(Mebibyte);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var backend = endpoints.MapGroup("/backend").AddEndpointFilter(AdmitAsync).ExcludeFromDescription().AllowAnonymous();
        foreach (var suffix in (string[])["", ".php"])
        {
            backend.MapGet($"/garbage{suffix}", Garbage);
            backend.MapMethods($"/empty{suffix}", ["GET", "POST"], Empty).WithMetadata(new DisableRequestSizeLimitAttribute());
            backend.MapGet($"/getIP{suffix}", CallersAddress);
            foreach (var path in (string[])["garbage", "empty", "getIP"])
            {
                backend.MapMethods($"/{path}{suffix}", ["OPTIONS"], () => TypedResults.NoContent());
            }
        }
    }

    private static async ValueTask<object?> AdmitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        Describe(http.Response);
        if (IsLocal(http))
        {
            return await next(context);
        }

        if (http.RequestServices.GetService<BackendUse>() is not { IsPublic: true } use || http.Connection.RemoteIpAddress is not { } address)
        {
            return Results.Problem($"The speed-test server answers callers on its own machine only, until {SpeedServerOptions.Section}:{nameof(SpeedServerOptions.Public)} is true.", statusCode: StatusCodes.Status403Forbidden);
        }

        using var request = use.Begin(address, out var refusal);
        if (refusal is not null)
        {
            return Refuse(http, refusal);
        }

        http.Items[Use] = request;
        return await next(context);
    }

    /// <summary>A proxy on this machine speaks for others: what came through one is not local.</summary>
    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");

    private static IResult Refuse(HttpContext http, BackendRefusal refusal)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(refusal.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.Connection = "close";
        return Results.Problem(refusal.Reason, statusCode: StatusCodes.Status429TooManyRequests);
    }

    private static async Task Garbage(HttpContext http)
    {
        var asked = int.TryParse(http.Request.Query["ckSize"], out var size) ? Math.Clamp(size, 1, MostMebibytes) : UsualMebibytes;
        var request = http.Items[Use] as BackendUse.BackendRequest;
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = (long)asked * Mebibyte;
        for (var sent = 0; sent < asked; sent++)
        {
            await http.Response.Body.WriteAsync(Noise, http.RequestAborted);
            if (request?.Count(Mebibyte) is false && sent < asked - 1)
            {
                // The length was promised: only a cut connection can say that no more comes.
                http.Abort();
                return;
            }
        }
    }

    private static async Task Empty(HttpContext http)
    {
        var body = http.Request.BodyReader;
        var request = http.Items[Use] as BackendUse.BackendRequest;
        while (true)
        {
            var read = await body.ReadAsync(http.RequestAborted);
            var within = request?.Count(read.Buffer.Length) is not false;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }

            if (!within)
            {
                await Refuse(http, new("Your address, or this server, has used what there is for a day.", TimeSpan.FromHours(1))).ExecuteAsync(http);
                return;
            }
        }

        http.Response.ContentLength = 0;
    }

    /// <summary>LibreSpeed's shape: <c>processedString</c> is for people, <c>rawIspInfo</c> is what a directory of addresses would say.</summary>
    private static IResult CallersAddress(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress!;
        var text = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        return Results.Json(new { processedString = IPAddress.IsLoopback(address) ? $"{text} - localhost access" : text, rawIspInfo = "" });
    }

    /// <summary>LibreSpeed's page may come from elsewhere, and sends headers that a browser asks about first.</summary>
    private static void Describe(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store, no-cache, must-revalidate, max-age=0";
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlAllowMethods = "GET, POST";
        response.Headers.AccessControlAllowHeaders = "Content-Encoding, Content-Type";
    }
}
