using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Contract;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

public sealed class SiteExampleTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Sites_that_are_examples_go_with_the_others()
    {
        var site = await MakeAsync();
        using var browser = await web.OpenAsAdminAsync();
        Assert.Contains("Remove examples", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);

        using var answer = await browser.SendAsync("/schedules", "/schedules/examples/remove", ("return", "/schedules"));

        Assert.Null(await web.UseAsync(services => services.GetRequiredService<SiteQueries>().FindAsync(site, CancellationToken.None)));
        Assert.DoesNotContain("Remove examples", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
    }

    private Task<Guid> MakeAsync() => web.UseAsync(async services =>
    {
        var input = new SiteInput { Name = "An example site", Tags = [ExampleSchedule.Tag], Check = System.Text.Json.JsonSerializer.SerializeToElement(new { target = "http://127.0.0.1:9/" }) };
        var made = await services.GetRequiredService<SiteCommands>().CreateAsync(input, CancellationToken.None);
        return made.Value?.Id ?? throw new InvalidOperationException(made.Errors?.ToString());
    });
}
