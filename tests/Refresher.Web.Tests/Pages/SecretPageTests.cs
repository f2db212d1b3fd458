using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

public sealed class SecretPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Pages_show_no_secret_and_a_form_saved_without_it_keeps_it()
    {
        using var browser = await web.OpenAsAdminAsync();
        var schedule = await web.ScheduleAsync(
            """{"key":"hidden","name":"Hidden","kind":"http-request","options":{"url":"http://localhost/","secretHeader":"X-Key: web-s3cret"},"enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var started = await browser.SendAsync($"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/run");
        var run = started.Headers.Location!.ToString();

        using var saved = await browser.SendAsync($"/schedules/{schedule.Id}/edit", $"/schedules/{schedule.Id}/edit", ("_handler", "schedule"), ("version", ""),
            ("key", "hidden"), ("name", "Renamed"), ("options.url", "http://localhost/"), ("options.method", "GET"), ("options.contentType", "text/plain"), ("options.expectedStatus", "200"),
            ("options.requestTimeout", "00:00:30"), ("options.secretHeader", ""), ("cadence.type", "every"), ("cadence.every", "60"), ("cadence.unit", "min"));

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        foreach (var path in (string[])["/schedules", $"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/edit", "/runs", run])
        {
            var html = await browser.ReadAsync(path);
            Assert.DoesNotContain("s3cret", html, StringComparison.Ordinal);
            Assert.DoesNotContain(OptionSecrets.Prefix, html, StringComparison.Ordinal);
        }

        var after = await web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync("hidden", CancellationToken.None));
        Assert.Equal("Renamed", after!.Name);
        Assert.Equal((string?)JsonNode.Parse(schedule.Options)!["secretHeader"], (string?)JsonNode.Parse(after.Options)!["secretHeader"]);
    }
}
