using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Access.Users;

namespace Refresher.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class UsersTests(ApiHost api)
{
    private const string Users = "/api/v1/users";

    [Fact]
    public async Task A_user_is_made_with_a_password_that_is_told_once_and_kept_in_no_record()
    {
        var name = Name();
        var made = await api.PostAsync(Users, $$"""{"name": "{{name}}", "role": "operator"}""", HttpStatusCode.Created);
        var (id, password) = (made.GetProperty("id").GetString()!, made.GetProperty("password").GetString()!);

        var shown = await api.GetAsync($"{Users}/{id}");
        Assert.Equal((name, "operator", true), (shown.GetProperty("name").GetString(), shown.GetProperty("role").GetString(), shown.GetProperty("mustChangePassword").GetBoolean()));
        Assert.DoesNotContain(password, shown.GetRawText(), StringComparison.Ordinal);

        var role = await api.SendAsync(HttpMethod.Put, $"{Users}/{id}", """{"role": "viewer"}""", HttpStatusCode.OK);
        Assert.Equal("viewer", role.GetProperty("role").GetString());
        var reset = await api.PostAsync($"{Users}/{id}/reset", null, HttpStatusCode.OK);
        Assert.NotEqual(password, reset.GetProperty("password").GetString());
        await api.PostAsync($"{Users}/{id}/unlock", null, HttpStatusCode.OK);
        await api.SendAsync(HttpMethod.Delete, $"{Users}/{id}", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Users}/{id}", HttpStatusCode.NotFound);

        var audit = await api.GetAsync($"/api/v1/audit?subject={id}");
        Assert.Equal(["user.delete", "user.unlock", "user.reset", "user.role", "user.create"], audit.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
        var change = audit.GetProperty("items")[3];
        Assert.Equal(("operator", "viewer"), (change.GetProperty("before").GetProperty("role").GetString(), change.GetProperty("after").GetProperty("role").GetString()));
        Assert.DoesNotContain(password, audit.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(reset.GetProperty("password").GetString()!, audit.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_admin_stays_one_whoever_takes_the_others_away_at_once()
    {
        await using var scope = api.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var admin = await db.Roles.SingleAsync(role => role.Name == Roles.Admin);
        foreach (var other in await db.UserRoles.Where(held => held.RoleId == admin.Id).Select(held => held.UserId).ToListAsync())
        {
            await db.Users.Where(user => user.Id == other).ExecuteDeleteAsync();
        }

        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            ids.Add((await api.PostAsync(Users, $$"""{"name": "{{Name()}}", "role": "admin"}""", HttpStatusCode.Created)).GetProperty("id").GetString()!);
        }

        var statuses = await Task.WhenAll(ids.Select(async id =>
        {
            using var answer = await api.Client.DeleteAsync($"{Users}/{id}");
            return answer.StatusCode;
        }));

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Conflict], statuses.Order());
        Assert.Equal(1, await db.UserRoles.CountAsync(held => held.RoleId == admin.Id));
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended()
    {
        var made = await api.PostAsync(Users, $$"""{"name": "{{Name()}}", "role": "viewer"}""", HttpStatusCode.Created);
        var id = made.GetProperty("id").GetGuid();
        var sessions = api.Services.GetRequiredService<UserSessions>();
        var one = await sessions.BeginAsync(id, "192.0.2.7", "Mozilla/5.0 \u0000 <script>", default);
        var two = await sessions.BeginAsync(id, null, null, default);

        var listed = (await api.GetAsync($"{Users}/{id}/sessions")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(2, listed.Length);
        Assert.Contains(listed, session => session.GetProperty("address").GetString() == "192.0.2.7");

        await api.SendAsync(HttpMethod.Delete, $"{Users}/{id}/sessions/{one}", null, HttpStatusCode.NoContent);
        await api.SendAsync(HttpMethod.Delete, $"{Users}/{Guid.NewGuid()}/sessions/{two}", null, HttpStatusCode.NotFound);
        Assert.Single((await api.GetAsync($"{Users}/{id}/sessions")).GetProperty("items").EnumerateArray());
        await api.SendAsync(HttpMethod.Delete, $"{Users}/{id}/sessions", null, HttpStatusCode.NoContent);
        Assert.Empty((await api.GetAsync($"{Users}/{id}/sessions")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_user_has_no_more_sessions_than_the_limit()
    {
        var made = await api.PostAsync(Users, $$"""{"name": "{{Name()}}", "role": "viewer"}""", HttpStatusCode.Created);
        var sessions = api.Services.GetRequiredService<UserSessions>();
        for (var i = 0; i < UserSessions.MostOfUser + 3; i++)
        {
            await sessions.BeginAsync(made.GetProperty("id").GetGuid(), null, null, default);
        }

        await using var scope = api.Services.CreateAsyncScope();
        Assert.Equal(UserSessions.MostOfUser, await scope.ServiceProvider.GetRequiredService<RefresherDb>().UserSessions.CountAsync(session => session.UserId == made.GetProperty("id").GetGuid()));
    }

    [Theory]
    [InlineData("""{"role": "viewer"}""", "name")]
    [InlineData("""{"name": "bob"}""", "role")]
    [InlineData("""{"name": "bob", "role": "Administrator"}""", "role")]
    [InlineData("""{"name": "<b>bob</b>", "role": "viewer"}""", "name")]
    [InlineData("""{"name": "bob\u0000", "role": "viewer"}""", "name")]
    [InlineData("""{"name": "bob", "role": "viewer", "password": "given"}""", "password")]
    public async Task What_is_wrong_names_its_field(string body, string field) => await api.RefusedAsync(HttpMethod.Post, Users, body, field);

    [Fact]
    public async Task A_name_is_taken_in_whatever_case()
    {
        var name = Name();
        await api.PostAsync(Users, $$"""{"name": "{{name}}", "role": "viewer"}""", HttpStatusCode.Created);

        await api.RefusedAsync(HttpMethod.Post, Users, $$"""{"name": "{{name.ToUpperInvariant()}}", "role": "viewer"}""", "name");
        Assert.Contains((await api.GetAsync($"{Users}?limit=500")).GetProperty("items").EnumerateArray(), user => user.GetProperty("name").GetString() == name);
    }

    private static string Name() => $"u{Guid.NewGuid():N}"[..20];
}
