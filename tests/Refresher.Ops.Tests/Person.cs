using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Refresher.Testing;

namespace Refresher.Ops.Tests;

/// <summary>Somebody who opens the login and fills it in.</summary>
internal static partial class Person
{
    /// <param name="web">A client whose base address is Web's and that follows no redirects.</param>
    /// <returns>The answer to the form: a redirect when it was right.</returns>
    public static async Task<HttpResponseMessage> LogInAsync(HttpClient web, string password)
    {
        var token = Token().Match(await web.GetStringAsync("login")).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "login", ["Form.User"] = "admin", ["Form.Password"] = password, ["__RequestVerificationToken"] = token });
        return await web.PostAsync("login", form);
    }

    public static async Task<bool> MayComeInAsync(Uri web, string password)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = web };
        using var answer = await LogInAsync(client, password);
        return answer.StatusCode == HttpStatusCode.Redirect;
    }

    /// <summary>Waits for the first key, which is made after the first password. Trying would be counted as failing: who fails often has to wait.</summary>
    public static async Task FirstLoginIsMadeAsync(TestDatabase database)
    {
        await using var rows = NpgsqlDataSource.Create(database.ConnectionString);
        await Eventually.SeeAsync(async () =>
        {
            await using var there = rows.CreateCommand("SELECT to_regclass('api_keys') IS NOT NULL");
            await using var keys = rows.CreateCommand("SELECT count(*) FROM api_keys");
            return (bool)(await there.ExecuteScalarAsync())! ? (long)(await keys.ExecuteScalarAsync())! : 0;
        }, keys => keys > 0, seconds: 240);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
