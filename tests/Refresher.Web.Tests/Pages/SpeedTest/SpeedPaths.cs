namespace Refresher.Web.Tests.Pages.SpeedTest;

internal sealed class SpeedPaths : ITaskPages
{
    public IReadOnlyList<string> Paths { get; } = ["/speed", "/speed/servers", "/speed/tests"];

    public Task FillAsync(IServiceProvider services) => Task.CompletedTask;
}
