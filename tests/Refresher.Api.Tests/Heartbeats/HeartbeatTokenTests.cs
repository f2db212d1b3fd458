using System.Net;
using System.Text;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Testing;

namespace Refresher.Api.Tests.Heartbeats;

/// <summary>The address of a heartbeat is a secret: what a process writes about calls has no token in it.</summary>
[Collection(SharedApi.Name)]
public sealed class HeartbeatTokenTests(ApiHost api)
{
    [Fact]
    public async Task A_token_is_in_no_line_of_a_log_and_in_no_row_that_tells_of_it()
    {
        var made = await api.PostAsync("/api/v1/heartbeats", """{"name": "Kept secret", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        var path = made.GetProperty("beatPath").GetString()!;
        var token = path.Split('/')[^1];
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        await using var process = ServiceProcess.Start("Api", "api", api.Database, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = address });
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        await Eventually.SeeAsync(() => StatusAsync(http, HttpMethod.Post, path), status => status == HttpStatusCode.OK);

        await StatusAsync(http, HttpMethod.Post, path + "/start");
        await StatusAsync(http, HttpMethod.Post, path + "/fail");
        await StatusAsync(http, HttpMethod.Post, path + "/no-such-verb");
        await StatusAsync(http, HttpMethod.Delete, path);
        await StatusAsync(http, HttpMethod.Post, path, new string('x', 5_000_000));
        await StatusAsync(http, HttpMethod.Post, path + "%00%");
        await process.StopAsync();

        Assert.Contains("Now listening on", process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(token, process.Log, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(api.Database.ConnectionString);
        await using var count = source.CreateCommand("""
            SELECT (SELECT count(*) FROM audit_entries a WHERE a::text LIKE '%' || $1 || '%') + (SELECT count(*) FROM outbox WHERE convert_from(payload, 'utf8') LIKE '%' || $1 || '%')
            """);
        count.Parameters.Add(new() { Value = token });
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_address_is_not_shown_to_who_may_only_look()
    {
        var made = await api.PostAsync("/api/v1/heartbeats", $$$"""{"key": "b-{{{Guid.NewGuid():N}}}", "name": "b", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        var path = "/api/v1/heartbeats/" + made.GetProperty("id").GetString();
        using var viewer = await api.ClientAsync(Roles.Viewer);
        using var operating = await api.ClientAsync(Roles.Operator);

        Assert.DoesNotContain("/beat/", await viewer.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Contains("/beat/", await operating.GetStringAsync(path), StringComparison.Ordinal);
    }

    /// <returns>Null when nobody answered.</returns>
    private static async Task<HttpStatusCode?> StatusAsync(HttpClient http, HttpMethod method, string path, string body = "")
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "text/plain") };
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet, or the call was broken off.
            return null;
        }
    }
}
