using Refresher.Testing;

namespace Refresher.Ops.Tests.Observability;

/// <summary>What a scheduler and a worker, as processes, tell a collector and Prometheus of runs that they have to do with together.</summary>
public sealed class OneTraceTests(WatchedProcesses processes) : IClassFixture<WatchedProcesses>
{
    /// <summary>
    /// What promtool finds fault with and we do not change, because dashboards everywhere know these names: they are .NET's own
    /// (https://learn.microsoft.com/dotnet/core/diagnostics/built-in-metrics-runtime), Npgsql's and OpenTelemetry's.
    /// </summary>
    private static readonly string[] s_notOurs = ["dotnet_", "db_client_", "http_", "target_info"];

    [Fact]
    public async Task A_run_and_the_event_of_its_failure_are_one_trace_over_all_processes()
    {
        // Nobody listens there: it fails at its first attempt, and an event says so.
        await processes.CreateAsync(new { name = "Fails", kind = "http-request", options = new { url = $"http://127.0.0.1:{FreePort.Next()}/" }, cadence = new { type = "every", every = "00:00:05" }, retry = new { maxAttempts = 1 } });

        var failed = await processes.SpanAsync(span => span.Name == "run http-request");
        var outcome = await processes.SpanAsync(span => span.Name == "outcome http-request" && span.Trace == failed.Trace);
        var release = await processes.SpanAsync(span => span.Name == "release http-request" && span.Trace == failed.Trace);
        var tick = await processes.SpanAsync(span => span.Name == "tick http-request" && span.Trace == failed.Trace);
        var call = await processes.SpanAsync(span => span.Trace == failed.Trace && span.Parent == failed.Id && span.Name.StartsWith("GET", StringComparison.Ordinal));
        var told = await processes.SpanAsync(span => span.Name.StartsWith("events ", StringComparison.Ordinal) && span.Trace == failed.Trace);

        Assert.Equal((null, tick.Id, release.Id, failed.Id, outcome.Id), (tick.Parent, release.Parent, failed.Parent, outcome.Parent, told.Parent));
        Assert.Equal(("Refresher.Scheduler", "Refresher.Scheduler"), (tick.Service, release.Service));
        Assert.Equal(("Refresher.Worker", "Refresher.Worker", "Refresher.Worker"), (failed.Service, outcome.Service, told.Service));
        Assert.Single(new[] { tick, release, failed, outcome }.Select(span => span.Tags["refresher.run.id"]).Distinct());
        Assert.Equal(failed.Trace, call.Trace);
    }

    [Fact]
    public async Task Logs_and_measurements_of_a_run_carry_its_trace_and_loops_begin_none_with_their_looks()
    {
        await processes.CreateAsync(new { name = "Greets", kind = "hello", options = new { name = "you" }, cadence = new { type = "every", every = "00:00:05" } });

        var run = await processes.SpanAsync(span => span.Name == "run hello");
        var log = await Eventually.SeeAsync(() => Task.FromResult(processes.Collector.Logs.FirstOrDefault(log => log.Trace == run.Trace)), log => log is not null, WatchedProcesses.Patience);
        var point = await Eventually.SeeAsync(
            () => Task.FromResult(processes.Collector.Points.LastOrDefault(point => point.Metric == "refresher.runs" && point.Tags["kind"] == "hello")), point => point is not null, WatchedProcesses.Patience);

        // A run's measurements lead to its trace.
        foreach (var metric in new[] { "refresher.run.duration", "refresher.run.wait", "refresher.run.lateness" })
        {
            await Eventually.SeeAsync(() => Task.FromResult(processes.Collector.Points.Any(p => p.Metric == metric && p.Traces.Contains(run.Trace))), seen => seen, WatchedProcesses.Patience);
        }

        Assert.Equal(("Refresher.Worker", run.Id), (log!.Service, log.Span));
        Assert.Equal(("Refresher.Worker", "succeeded"), (point!.Service, point.Tags["state"]));
        Assert.DoesNotContain(processes.Collector.Spans, span => span.Parent is null && !Begins(span.Name));
    }

    [ProgramFact("promtool")]
    public async Task Promtool_finds_no_fault_with_our_metrics()
    {
        await processes.CreateAsync(new { name = "Greets", kind = "hello", options = new { name = "you" }, cadence = new { type = "every", every = "00:00:05" } });
        await processes.SpanAsync(span => span.Name == "run hello");
        using var client = new HttpClient();
        foreach (var port in processes.Ports)
        {
            var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            var (_, faults) = await Infra.PromtoolAsync(text, "check", "metrics");

            Assert.Contains("# TYPE refresher_", text, StringComparison.Ordinal);
            Assert.DoesNotContain("error while linting", faults, StringComparison.Ordinal);
            Assert.DoesNotContain(faults.Split('\n', StringSplitOptions.RemoveEmptyEntries), fault => !Array.Exists(s_notOurs, begin => fault.StartsWith(begin, StringComparison.Ordinal)));
        }
    }

    /// <summary>What may be the first of a trace: a tick, a request that came in, something that a process does by itself; never a look into the database.</summary>
    private static bool Begins(string name) => name.Split(' ')[0] is "tick" or "check" or "deliver" or "events" or "run" or "release" or "outcome" or "GET" or "POST";
}
