using System.Text.RegularExpressions;
using Refresher.Core.Access;

namespace Refresher.Bench;

/// <summary>Logs a client in as a person does: by the form, with its token.</summary>
internal static partial class WebLogin
{
    /// <param name="browser">Keeps cookies and follows no redirects.</param>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public static async Task LogInAsync(HttpClient browser, string password)
    {
        var token = Token().Match(await browser.GetStringAsync("/login")).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "login",
            ["Form.User"] = FirstLogin.AdminName,
            ["Form.Password"] = password,
            ["__RequestVerificationToken"] = token,
        });
        using var answer = await browser.PostAsync("/login", form);
        if (answer.StatusCode != System.Net.HttpStatusCode.Redirect)
        {
            throw new InvalidOperationException($"The login was answered with {answer.StatusCode}.");
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
