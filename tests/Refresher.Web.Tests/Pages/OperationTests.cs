using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Web.Tests.Pages;

/// <summary>Queues and workers told what to do from their pages.</summary>
public sealed class OperationTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_queue_is_paused_with_a_reason_that_the_page_of_its_run_shows_and_resumed()
    {
        var schedule = await web.ScheduleAsync("""{"name":"In the slow lane","kind":"hello","queue":"slow","cadence":{"type":"every","every":"01:00:00"}}""");
        var run = await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().RunNowAsync(schedule.Id, null, default));
        using var browser = await web.OpenAsAdminAsync();

        using var paused = await browser.SendAsync("/queues", "/queues/slow/pause", ("reason", "a <b>bold</b> reason"), ("return", "/queues"));

        Assert.Equal("/queues", paused.Headers.Location!.OriginalString);
        var html = await browser.ReadAsync("/queues");
        Site.AssertClean("/queues", html);
        Assert.Contains("The queue slow is paused", html, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt;bold&lt;/b&gt; reason", html, StringComparison.Ordinal);
        Assert.Contains("The queue &#x27;slow&#x27; is paused by admin: a &lt;b&gt;bold", await browser.ReadAsync($"/runs/{run.Value!.Id}"), StringComparison.Ordinal);
        Assert.Contains("The queue slow is paused.", await browser.ReadAsync("/"), StringComparison.Ordinal);
        using var resumed = await browser.SendAsync("/queues", "/queues/slow/resume", ("return", "/queues"));
        Assert.DoesNotContain("Paused</span>", await browser.ReadAsync("/queues"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_dispatch_is_told_first_on_the_overview()
    {
        await web.ScheduleAsync("""{"name":"So that there is one","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();

        using var held = await browser.SendAsync("/queues", "/system/pause", ("return", "/queues"));
        Assert.Contains("Dispatch is held: nothing begins.", await browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("Resume dispatch", await browser.ReadAsync("/queues"), StringComparison.Ordinal);
        using var resumed = await browser.SendAsync("/queues", "/system/resume", ("return", "/queues"));
        Assert.DoesNotContain("Dispatch is held", await browser.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_is_told_from_its_page_what_to_do()
    {
        await using var engine = await EngineHost.StartAsync(web.Database, TaskCatalog.Kinds, "worker", ("Node:Name", "page"), ("Worker:Concurrency", "2"));
        await SeeAsync(node => node.State == "running");
        using var browser = await web.OpenAsAdminAsync();
        Assert.Contains("href=\"/workers/page\"", await browser.ReadAsync("/workers"), StringComparison.Ordinal);

        using var drained = await browser.SendAsync("/workers/page", "/workers/page/drain", ("return", "/workers/page"));
        await SeeAsync(node => node.State == "draining");
        using var resized = await browser.SendAsync("/workers/page", "/workers/page/concurrency", ("concurrency", "5"), ("return", "/workers/page"));
        await SeeAsync(node => node.Concurrency == 5);
        var html = await browser.ReadAsync("/workers/page");
        Site.AssertClean("/workers/page", html);
        Assert.Contains("Drained by admin", html, StringComparison.Ordinal);
        Assert.Contains("5 slots by order of admin", html, StringComparison.Ordinal);
        using var configured = await browser.SendAsync("/workers/page", "/workers/page/configured", ("return", "/workers/page"));
        using var resumed = await browser.SendAsync("/workers/page", "/workers/page/resume", ("return", "/workers/page"));
        await SeeAsync(node => node is { State: "running", Concurrency: 2 });

        using var stopped = await browser.SendAsync("/workers/page", "/workers/page/stop", ("return", "/workers/page"));
        await engine.WaitForStopAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("No process of this name is running", await browser.ReadAsync("/workers/page"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_runs_a_worker_executes_are_shown_with_progress_and_lease()
    {
        var kinds = new KindCatalog().AddAll(TaskCatalog.Kinds).Add<HalfwayTask, HalfwayOptions>();
        await using var engine = await EngineHost.StartAsync(web.Database, kinds, "scheduler,worker", ("Node:Name", "halfway"), ("Worker:StopGrace", "00:00:00"));
        var made = await engine.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([new RunInput { Kind = HalfwayTask.Name }], default));
        using var browser = await web.OpenAsAdminAsync();

        var html = await Eventually.SeeAsync(() => browser.ReadAsync("/workers/halfway"), seen => seen.Contains("40 % half the way", StringComparison.Ordinal));

        Site.AssertClean("/workers/halfway", html);
        Assert.Contains($"href=\"/runs/{made.Value![0]}\"", html, StringComparison.Ordinal);
        Assert.Contains("Lease renewed", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "a number from 1 to 10000")]
    [InlineData("many", "a number from 1 to 10000")]
    [InlineData("0", "1 to 10000")]
    public async Task A_wrong_number_of_slots_is_said_so(string slots, string said)
    {
        await web.UseAsync(async services =>
        {
            services.GetRequiredService<RefresherDb>().Add(new WorkerOrder { Worker = $"wrong-{slots}" });
            await services.GetRequiredService<RefresherDb>().SaveChangesAsync();
        });
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync("/workers", $"/workers/wrong-{slots}/concurrency", ("concurrency", slots), ("return", "/workers"));

        Assert.Contains(said, await browser.ReadAsync("/workers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/queues/default/pause")]
    [InlineData("/queues/default/resume")]
    [InlineData("/system/pause")]
    [InlineData("/system/resume")]
    [InlineData("/workers/any/drain")]
    [InlineData("/workers/any/resume")]
    [InlineData("/workers/any/concurrency")]
    [InlineData("/workers/any/configured")]
    [InlineData("/workers/any/stop")]
    public async Task A_viewer_may_not_do_it(string action)
    {
        var name = "viewer" + action.Replace('/', '-');
        await web.AddUserAsync(name, Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync(name, WebUnderTest.Password);

        using var answer = await browser.SendAsync("/queues", action, ("return", "/queues"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/forbidden", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_announces_itself() => await Eventually.SeeAsync(
        () => web.UseAsync(services => services.GetRequiredService<NodePresence>().ListAsync()), nodes => nodes.Any(node => node.Role == "web"));

    private Task<IReadOnlyList<NodeStatus>> NodesAsync() => web.UseAsync<IReadOnlyList<NodeStatus>>(
        async services => [.. (await services.GetRequiredService<NodePresence>().ListAsync()).Where(node => node.Worker == "page")]);

    private Task<IReadOnlyList<NodeStatus>> SeeAsync(Func<NodeStatus, bool> done) => Eventually.SeeAsync(NodesAsync, nodes => nodes.Count == 1 && done(nodes[0]));
}

internal sealed record HalfwayOptions;

/// <summary>Gets so far and no farther.</summary>
internal sealed class HalfwayTask : IKind, ITask<HalfwayOptions>
{
    public static string Name => "halfway";

    public async Task<RunOutcome> RunAsync(HalfwayOptions options, RunContext run, CancellationToken cancel)
    {
        run.Progress(40, "half the way");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        return RunOutcome.Success();
    }
}
