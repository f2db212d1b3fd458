using System.Net;
using System.Text.RegularExpressions;

namespace Refresher.Web.Tests;

/// <summary>What a person without JavaScript does: opens pages, and sends the forms on them with their tokens.</summary>
public sealed partial class Browser(HttpClient http) : IDisposable
{
    public HttpClient Http => http;

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(path);

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Opens <paramref name="page"/> for its token, and sends a form to <paramref name="path"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await ReadAsync(page)).Groups[1].Value;
        return await SendWithAsync(path, token, fields);
    }

    public async Task<HttpResponseMessage> SendWithAsync(string path, string? token, params (string Name, string Value)[] fields)
    {
        var sent = fields.Select(field => KeyValuePair.Create(field.Name, field.Value));
        using var form = new FormUrlEncodedContent(token is null ? sent : sent.Append(KeyValuePair.Create("__RequestVerificationToken", token)));
        return await http.PostAsync(path, form);
    }

    public Task<HttpResponseMessage> TryLogInAsync(string user, string password, string query = "") =>
        SendAsync("/login" + query, "/login" + query, ("_handler", "login"), ("Form.User", user), ("Form.Password", password));

    public async Task LogInAsync(string user, string password)
    {
        using var answer = await TryLogInAsync(user, password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
