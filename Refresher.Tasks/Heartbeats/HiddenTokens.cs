using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Keeps tokens out of traces: the address of a call is a secret, and a span has the route in its place. The framework's log of requests, which has addresses too, is off.</summary>
internal sealed class HiddenTokens : IStartupFilter
{
    private const string Route = BeatEndpoints.Prefix + "/{token}";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, go) =>
        {
            if (http.Request.Path.StartsWithSegments(BeatEndpoints.Prefix, StringComparison.OrdinalIgnoreCase) && Activity.Current is { } span)
            {
                span.SetTag("url.path", Route);
                span.SetTag("http.target", null);
                span.SetTag("url.full", null);
            }

            return go(http);
        });
        next(app);
    };
}
