namespace Refresher.Web.Hosting;

/// <summary>What browsers are told about every answer: nothing but our own files runs, and nobody frames us.</summary>
internal static class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        + "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.Response.OnStarting(() =>
        {
            Add(http.Response.Headers, http.Response.ContentType);
            return Task.CompletedTask;
        });
        return next(http);
    });

    private static void Add(IHeaderDictionary headers, string? contentType)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

        // What is for everybody says so itself, and allows a page still less.
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Content-Security-Policy", ContentSecurityPolicy);
        var isPublic = headers.CacheControl.ToString().StartsWith("public", StringComparison.Ordinal);
        if (!isPublic && contentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
        {
            // A page shows what one person may see; htmx asks for parts of it under the same address.
            headers.CacheControl = "no-store";
            headers.Append("Vary", "HX-Request");
        }
    }
}
