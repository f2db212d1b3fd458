namespace Refresher.Web.Hosting;

/// <summary>Light, dark, or as the viewer's system says: kept in a cookie so that the first byte is already right.</summary>
internal static class Theme
{
    private const string Cookie = "refresher.theme";
    private static readonly string[] Names = ["system", "light", "dark"];

    public static string Of(HttpRequest request) => Parse(request.Cookies[Cookie]);

    /// <summary>The theme that the button changes to.</summary>
    public static string After(string theme) => Names[(Array.IndexOf(Names, theme) + 1) % Names.Length];

    /// <summary>Tabler's attribute; null leaves the choice to <c>color-scheme</c>.</summary>
    public static string? Attribute(HttpRequest request) => Of(request) is "system" ? null : Of(request);

    public static string ColorScheme(HttpRequest request) => Attribute(request) ?? "light dark";

    public static void Keep(HttpContext http, string? theme) => http.Response.Cookies.Append(Cookie, Parse(theme), new CookieOptions
    {
        MaxAge = TimeSpan.FromDays(365),
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        IsEssential = true,
    });

    private static string Parse(string? theme) => Names.Contains(theme) ? theme! : Names[0];
}
