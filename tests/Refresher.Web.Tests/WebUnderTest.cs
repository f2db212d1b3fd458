using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Schedules;
using Refresher.Testing;
using Refresher.Web.Components;

namespace Refresher.Web.Tests;

/// <summary>Web in this process over a real database of its own, with the first login made.</summary>
public sealed class WebUnderTest : WebApplicationFactory<App>, IAsyncLifetime
{
    public const string Password = "correct horse battery";

    /// <summary>Logins of one address that are let through; tests of one class share theirs.</summary>
    public const int TriesPerMinute = 60;

    private readonly TestDatabase? _given;
    private readonly bool _isFirst;
    private TestDatabase? _own;

    public WebUnderTest()
    {
    }

    /// <summary>Another Web over a database that is there already.</summary>
    internal WebUnderTest(WebUnderTest other) => _given = other.Database;

    /// <summary>The first Web over a database that the test has made.</summary>
    internal WebUnderTest(TestDatabase given) => (_given, _isFirst) = (given, true);

    public TestDatabase Database => _given ?? _own ?? throw new InvalidOperationException("Not initialised yet.");

    public async Task InitializeAsync()
    {
        _own = _given is null ? await TestDatabase.CreateAsync() : null;
        if (_own is not null || _isFirst)
        {
            await UseAsync(services => services.GetRequiredService<RefresherDb>().Database.MigrateAsync());
            await UseAsync(services => services.GetRequiredService<FirstLogin>().CreateAsync(Password, null, CancellationToken.None));
        }
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    /// <summary>A browser that keeps cookies and shows redirects instead of following them.</summary>
    public Browser Open() => new(CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true }));

    /// <summary>A browser in which <c>admin</c> is logged in.</summary>
    public async Task<Browser> OpenAsAdminAsync()
    {
        var browser = Open();
        await browser.LogInAsync(FirstLogin.AdminName, Password);
        return browser;
    }

    public async Task<T> UseAsync<T>(Func<IServiceProvider, Task<T>> use)
    {
        await using var scope = Services.CreateAsyncScope();
        return await use(scope.ServiceProvider);
    }

    public Task UseAsync(Func<IServiceProvider, Task> use) => UseAsync(async services =>
    {
        await use(services);
        return true;
    });

    /// <summary>Reads what a person or the Api would send.</summary>
    public static T Read<T>(string json)
        where T : class
    {
        var errors = new FieldErrors();
        return JsonInput.Read<T>(json, ScheduleInput.Json, errors) ?? throw new InvalidOperationException(errors.ToString());
    }

    public Task<Schedule> ScheduleAsync(string json) => UseAsync(async services =>
    {
        var result = await services.GetRequiredService<ScheduleCommands>().CreateAsync(Read<ScheduleInput>(json), CancellationToken.None);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());
    });

    public Task AddUserAsync(string name, string role) => UseAsync(async services =>
    {
        var users = services.GetRequiredService<UserManager<RefresherUser>>();
        var user = new RefresherUser { Id = Guid.CreateVersion7(), UserName = name };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        Assert.True((await users.AddToRoleAsync(user, role)).Succeeded);
    });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("ConnectionStrings:refresher", Database.ConnectionString);
        builder.UseSetting("ConnectionStrings:redis", Database.RedisConnectionString);
        builder.UseSetting("Login:TriesPerMinute", $"{TriesPerMinute}");
    }
}
