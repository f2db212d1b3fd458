using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>
/// Completes the spans of requests: .NET 10 calls them all the same and leaves out the route and the status
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). Requests of pollers, with all they cause, are kept out of the traces.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    /// <summary>A probe every few seconds would hide the rest.</summary>
    private static readonly HashSet<string> Polled = new(["/health", "/alive", "/metrics"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Around everything else, so that the status is the last one.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Observe);
        next(app);
    };

    private static Task Observe(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
        {
            return next(context);
        }

        if (Polled.Contains(context.Request.Path.Value ?? ""))
        {
            // Exporters skip what is not recorded, and spans within follow their parent.
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return next(context);
        }

        return Complete(context, next, span);
    }

    private static async Task Complete(HttpContext context, RequestDelegate next, Activity span)
    {
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        finally
        {
            span.DisplayName = context.Request.Method;
            if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
            {
                span.SetTag("http.route", route);
                span.DisplayName = $"{context.Request.Method} {route}";
            }

            span.SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
