using Microsoft.AspNetCore.Http;

namespace Refresher.Ui;

/// <summary>What pages ask of a request.</summary>
public static class Requests
{
    /// <summary>True when htmx asks for a part of the page and not the browser for the whole.</summary>
    public static bool IsFragment(this HttpRequest request) => request.Headers.ContainsKey("HX-Request") && !request.Headers.ContainsKey("HX-Boosted");

    /// <summary>The address of this page within the site, to come back to; after a form was sent, that of the form's page.</summary>
    public static string Here(this HttpRequest request) => request.Path + request.QueryString;

    /// <summary>
    /// The address if it is one of this site, else the front page: <c>//host</c>, <c>/\host</c>, schemes and control characters
    /// lead elsewhere in some browser.
    /// </summary>
    public static string LocalOr(string? address, string otherwise = "/") =>
        address is ['/', ..] && address is not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : otherwise;
}
