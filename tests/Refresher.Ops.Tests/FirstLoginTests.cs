using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Refresher.Testing;

namespace Refresher.Ops.Tests;

/// <summary>How the first one comes in, and comes back in: by parameters, as in Compose and the cloud, and by <c>reset-admin</c>. Local runs are in WholeSystemTests.</summary>
[Trait("Suite", "ops")]
public sealed partial class FirstLoginTests
{
    private const string Password = "correct horse battery";
    private const string Key = "a-first-key-of-forty-characters-or-more-0";

    [Fact]
    public async Task Parameters_make_the_first_login_and_the_first_key_and_reset_admin_makes_a_new_password()
    {
        await using var database = await TestDatabase.CreateAsync();
        Uri web = new($"http://127.0.0.1:{FreePort.Next()}"), api = new($"http://127.0.0.1:{FreePort.Next()}");
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, new Dictionary<string, string> { ["FirstLogin__AdminPassword"] = Password, ["FirstLogin__ApiKey"] = Key });
        await using var webProcess = ServiceProcess.Start("Web", "web", database, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = web.ToString() });
        await using var apiProcess = ServiceProcess.Start("Api", "api", database, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = api.ToString() });
        await HealthyAsync(web);
        await HealthyAsync(api);

        using var caller = new HttpClient { BaseAddress = api };
        Assert.Equal(HttpStatusCode.Unauthorized, (await caller.GetAsync("api/v1/schedules")).StatusCode);
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await Person.FirstLoginIsMadeAsync(database);
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("api/v1/schedules")).StatusCode);
        Assert.True(await Person.MayComeInAsync(web, Password), webProcess.Log);
        Assert.False(await Person.MayComeInAsync(web, "another password"));

        await using var reset = ServiceProcess.Start("Web", "reset", database, arguments: ["reset-admin"]);
        await reset.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(0, reset.ExitCode);
        var renewed = await Eventually.SeeAsync(() => Task.FromResult(NewPassword().Match(reset.Log)), match => match.Success);
        Assert.True(await Person.MayComeInAsync(web, renewed.Groups[1].Value), reset.Log);
        Assert.False(await Person.MayComeInAsync(web, Password));
    }

    [Fact]
    public async Task A_process_says_whether_it_is_healthy_to_whom_asks_by_its_own_program()
    {
        await using var database = await TestDatabase.CreateAsync();
        var port = new Dictionary<string, string> { ["Management__Port"] = $"{FreePort.Next()}" };
        await using var nobody = ServiceProcess.Start("Scheduler", "healthy", database, port, ["healthy"]);
        await nobody.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(1, nobody.ExitCode);

        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, port);
        await Eventually.SeeAsync(async () =>
        {
            await using var question = ServiceProcess.Start("Scheduler", "healthy", database, port, ["healthy"]);
            await question.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            return question.ExitCode;
        }, code => code == 0, seconds: 240);
    }

    private static async Task HealthyAsync(Uri service)
    {
        using var client = new HttpClient { BaseAddress = service };
        await Eventually.SeeAsync(async () =>
        {
            try
            {
                return (await client.GetAsync("health")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, healthy => healthy, seconds: 240);
    }

    [GeneratedRegex(@"password: +(\S+)")]
    private static partial Regex NewPassword();
}
