using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Refresher.Ui;

/// <summary>What a change says on the page that follows it: carried over one redirect in a cookie that is read once.</summary>
public sealed record Flash(string Text, bool IsError = false)
{
    private const string Cookie = "refresher.flash";

    /// <summary>Characters a message may have; a cookie has little room.</summary>
    private const int Limit = 500;

    public void Leave(HttpContext http)
    {
        var cut = Text.Length > Limit ? this with { Text = Text[..Limit] + "…" } : this;
        http.Response.Cookies.Append(Cookie, WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(cut)), Options(http));
    }

    /// <summary>The message left by the request before, if any; it is gone afterwards.</summary>
    public static Flash? Take(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } value)
        {
            return null;
        }

        http.Response.Cookies.Delete(Cookie, Options(http));
        try
        {
            return JsonSerializer.Deserialize<Flash>(WebEncoders.Base64UrlDecode(value));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Somebody wrote the cookie by hand: there is nothing to say.
            return null;
        }
    }

    private static CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = TimeSpan.FromMinutes(1) };
}
