using Microsoft.AspNetCore.WebUtilities;

namespace Refresher.Ui;

/// <summary>Where a button that destroys leads while no script asks: to a page that asks, and only from there to what it does.</summary>
public static class Asking
{
    /// <summary>The form field that lets that page take what a form sends.</summary>
    public const string Handler = "confirm";

    public static string First(string action, string question) =>
        QueryHelpers.AddQueryString("/confirm", [KeyValuePair.Create("do", (string?)action), KeyValuePair.Create("ask", (string?)question)]);
}
