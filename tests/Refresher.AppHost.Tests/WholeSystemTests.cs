using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Refresher.AppHost.Tests;

/// <summary>The whole system, started as <c>./refresher up</c> starts it.</summary>
public sealed class WholeSystemTests
{
    [Fact]
    public async Task Everything_becomes_healthy_and_answers()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(["--throwaway=true", "--workers", "2"], patience.Token);
        await using var app = await builder.BuildAsync(patience.Token);
        await app.StartAsync(patience.Token);

        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(project.Name, patience.Token);
            using var management = app.CreateHttpClient(project.Name, "management");
            Assert.Equal(HttpStatusCode.OK, (await management.GetAsync("/health", patience.Token)).StatusCode);
        }

        // Whoever waits for health may log in at once: the first login is there.
        using var api = app.CreateHttpClient("api");
        var key = await builder.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == "api-key").GetValueAsync(patience.Token);
        api.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/schedules", patience.Token)).StatusCode);

        using var web = app.CreateHttpClient("web");
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync("/health", patience.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await web.GetAsync("/metrics", patience.Token)).StatusCode);
    }
}
