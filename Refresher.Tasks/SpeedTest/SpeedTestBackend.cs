using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Refresher.Tasks.SpeedTest;

/// <summary>
/// The other end of a speed test, as LibreSpeed's clients expect it: <c>garbage</c> gives random bytes, <c>empty</c> takes any and
/// gives none, <c>getIP</c> tells the caller's address. Answers callers on the same machine only.
/// </summary>
internal static class SpeedTestBackend
{
    private const int Mebibyte = 1024 * 1024;
    private const int MostMebibytes = 1024;
    private const int UsualMebibytes = 4;

    // One mebibyte of noise for everybody: nothing on the way can compress it, and nothing is computed per request.
    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(Mebibyte);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var backend = endpoints.MapGroup("/backend").AddEndpointFilter(OnlyLoopback).ExcludeFromDescription().AllowAnonymous();
        foreach (var suffix in (string[])["", ".php"])
        {
            backend.MapGet($"/garbage{suffix}", Garbage);
            backend.MapMethods($"/empty{suffix}", ["GET", "POST"], Empty).WithMetadata(new DisableRequestSizeLimitAttribute());
            backend.MapGet($"/getIP{suffix}", CallersAddress);
        }
    }

    private static async ValueTask<object?> OnlyLoopback(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        NoStore(context.HttpContext.Response);

        // A proxy on this machine speaks for others: what came through one is not local.
        var http = context.HttpContext;
        var local = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");
        return local
            ? await next(context)
            : Results.Problem("The speed-test server answers callers on its own machine only.", statusCode: StatusCodes.Status403Forbidden);
    }

    private static async Task Garbage(HttpContext http)
    {
        var asked = int.TryParse(http.Request.Query["ckSize"], out var size) ? Math.Clamp(size, 1, MostMebibytes) : UsualMebibytes;
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = (long)asked * Mebibyte;
        for (var sent = 0; sent < asked; sent++)
        {
            await http.Response.Body.WriteAsync(Noise, http.RequestAborted);
        }
    }

    private static async Task Empty(HttpContext http)
    {
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(http.RequestAborted);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        http.Response.ContentLength = 0;
    }

    /// <summary>LibreSpeed's shape: <c>processedString</c> is for people, <c>rawIspInfo</c> is what a directory of addresses would say.</summary>
    private static IResult CallersAddress(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress!;
        return Results.Json(new { processedString = $"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)} - localhost access", rawIspInfo = "" });
    }

    private static void NoStore(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store, no-cache, must-revalidate, max-age=0";
        response.Headers.AccessControlAllowOrigin = "*";
    }
}
