using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.Heartbeats;

namespace Refresher.Web.Tests.Pages.Heartbeats;

internal sealed class HeartbeatPaths : ITaskPages
{
    public IReadOnlyList<string> Paths { get; } = ["/heartbeats", "/heartbeats/new"];

    public async Task FillAsync(IServiceProvider services)
    {
        var beat = await services.GetRequiredService<HeartbeatCommands>().CreateAsync(WebUnderTest.Read<HeartbeatInput>("""{"name":"beat","cadence":{"type":"every","every":"01:00:00"}}"""), default);
        Assert.NotNull(beat.Value);
    }
}
