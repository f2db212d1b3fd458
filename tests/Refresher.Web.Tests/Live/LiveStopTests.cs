using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Refresher.Web.Tests.Live;

public sealed class LiveStopTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_stop_of_Web_ends_open_streams_at_once()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var lines = await LiveTests.OpenAsync(browser, "runs", stop.Token);

        web.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Null(await LiveTests.ReadDataAsync(lines, stop.Token));
    }
}
