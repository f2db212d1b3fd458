using System.Net;
using System.Text.Json;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>Workers looked at and told what to do over the Api.</summary>
public sealed class WorkersTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_worker_is_drained_resized_and_resumed_and_says_who_wanted_it()
    {
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds, "worker", ("Node:Name", "told"), ("Worker:Concurrency", "3"));
        await SeeAsync("told", process => process.GetProperty("state").GetString() == "running");

        var order = await api.PostAsync("/api/v1/workers/told/drain", null, HttpStatusCode.OK);
        Assert.Equal("first key", order.GetProperty("drainedBy").GetString());
        await SeeAsync("told", process => process.GetProperty("state").GetString() == "draining");
        await api.PostAsync("/api/v1/workers/told/concurrency", """{"concurrency": 7}""", HttpStatusCode.OK);
        await SeeAsync("told", process => process.GetProperty("concurrency").GetInt32() == 7);
        await api.PostAsync("/api/v1/workers/told/resume", null, HttpStatusCode.OK);
        var process = await SeeAsync("told", process => process.GetProperty("state").GetString() == "running");
        Assert.Equal(7, process.GetProperty("order").GetProperty("concurrency").GetInt32());
        Assert.Equal(JsonValueKind.Null, process.GetProperty("order").GetProperty("drainedAt").ValueKind);

        await api.SendAsync(HttpMethod.Delete, "/api/v1/workers/told/concurrency", null, HttpStatusCode.OK);
        await SeeAsync("told", seen => seen.GetProperty("concurrency").GetInt32() == 3);
        var acts = (await api.GetAsync("/api/v1/audit?subject=told")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()!);
        Assert.Equal(["worker.concurrency", "worker.resume", "worker.concurrency", "worker.drain"], acts);
    }

    [Fact]
    public async Task A_worker_shows_the_runs_it_executes_with_the_age_of_their_leases_and_hands_them_back_when_it_stops()
    {
        var kinds = new KindCatalog().AddAll(TaskCatalog.Kinds).Add<EndlessTask, EndlessOptions>();
        await using var engine = await EngineHost.StartAsync(api.Database, kinds, "scheduler,worker", ("Node:Name", "busy"), ("Worker:StopGrace", "00:00:00.1"));
        var made = await engine.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([new RunInput { Kind = EndlessTask.Name }], default));
        var id = made.Value![0].ToString();

        var worker = await Eventually.SeeAsync(() => FindAsync("busy"), seen => seen.TryGetProperty("runs", out var runs) && runs.GetArrayLength() == 1);
        var run = worker.GetProperty("runs")[0];
        Assert.Equal(id, run.GetProperty("id").GetString());
        Assert.InRange(run.GetProperty("leaseAge").GetDouble(), 0, 10);

        await api.PostAsync("/api/v1/workers/busy/stop", null, HttpStatusCode.OK);
        await engine.WaitForStopAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("queued", (await api.GetAsync($"/api/v1/runs/{id}")).GetProperty("state").GetString());
        Assert.Empty((await FindAsync("busy")).GetProperty("processes").EnumerateArray());
        Assert.Equal("first key", (await FindAsync("busy")).GetProperty("order").GetProperty("stoppedBy").GetString());
    }

    [Theory]
    [InlineData("""{"concurrency": 0}""", "1 to 10000")]
    [InlineData("""{"concurrency": 10001}""", "1 to 10000")]
    [InlineData("""{"concurrency": null}""", "1 to 10000")]
    [InlineData("""{"concurrency": "3"}""", "number")]
    [InlineData("{}", "needed")]
    public async Task A_wrong_concurrency_is_refused_and_named(string json, string right) =>
        Assert.Contains(right, await api.RefusedAsync(HttpMethod.Post, "/api/v1/workers/any/concurrency", json, "concurrency"), StringComparison.Ordinal);

    [Fact]
    public async Task A_body_that_is_missing_or_has_another_field_is_refused()
    {
        await api.RefusedAsync(HttpMethod.Post, "/api/v1/workers/any/concurrency", null, "body");
        await api.RefusedAsync(HttpMethod.Post, "/api/v1/workers/any/concurrency", """{"slots": 1}""", "slots");
    }

    [Theory]
    [InlineData("POST", "/drain")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/stop")]
    [InlineData("DELETE", "/concurrency")]
    [InlineData("GET", "")]
    public async Task A_worker_of_whom_nobody_has_heard_is_not_found(string method, string action) =>
        Assert.Contains("There is no worker 'nobody'", await api.RefusedAsync(new HttpMethod(method), "/api/v1/workers/nobody" + action, null, "id", HttpStatusCode.NotFound), StringComparison.Ordinal);

    [Fact]
    public async Task The_Api_announces_itself() => await Eventually.SeeAsync(
        async () => (await api.GetAsync("/api/v1/workers?role=api")).GetProperty("items"), processes => processes.GetArrayLength() == 1 && processes[0].GetProperty("memory").GetInt64() > 0);

    private async Task<JsonElement> FindAsync(string name)
    {
        using var answer = await api.Client.GetAsync("/api/v1/workers/" + name);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> SeeAsync(string worker, Func<JsonElement, bool> done) => (await Eventually.SeeAsync(
        async () => (await api.GetAsync("/api/v1/workers")).GetProperty("items").EnumerateArray().Where(process => process.GetProperty("worker").GetString() == worker).ToArray(),
        processes => processes.Length == 1 && done(processes[0])))[0];
}

internal sealed record EndlessOptions;

/// <summary>Goes on until it is told to stop.</summary>
internal sealed class EndlessTask : IKind, ITask<EndlessOptions>
{
    public static string Name => "endless";

    public async Task<RunOutcome> RunAsync(EndlessOptions options, RunContext run, CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        return RunOutcome.Success();
    }
}
