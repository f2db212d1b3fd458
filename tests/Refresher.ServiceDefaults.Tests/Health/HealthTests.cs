using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Refresher.ServiceDefaults.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_process_that_reaches_everything_is_healthy()
    {
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await Ask("/health", checks => checks.AddCheck<Good>("RefresherDb")));
    }

    [Theory]
    [InlineData("StackExchange.Redis")]
    [InlineData("StackExchange.Redis_signals")]
    public async Task With_Redis_down_a_process_is_degraded_and_still_of_use(string name)
    {
        var answer = await Ask("/health", checks => checks.AddCheck<Down>(name).AddCheck<Good>("RefresherDb"));

        Assert.Equal((HttpStatusCode.OK, $"Degraded\n{name}: Degraded"), answer);
    }

    [Fact]
    public async Task A_check_that_is_tagged_optional_degrades()
    {
        Assert.Equal((HttpStatusCode.OK, "Degraded\nkafka: Degraded"), await Ask("/health", checks => checks.AddCheck<Down>("kafka", tags: ["optional"])));
    }

    [Fact]
    public async Task With_the_database_down_it_is_unhealthy_and_says_no_more_than_the_name()
    {
        var answer = await Ask("/health", checks => checks.AddCheck<Throwing>("RefresherDb").AddCheck<Down>("StackExchange.Redis"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy\nRefresherDb: Unhealthy\nStackExchange.Redis: Degraded"), answer);
    }

    [Fact]
    public async Task A_process_is_alive_whatever_it_cannot_reach()
    {
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await Ask("/alive", checks => checks.AddCheck<Throwing>("RefresherDb")));
    }

    [Fact]
    public async Task A_check_that_never_ends_is_given_five_seconds_unless_it_has_a_limit_of_its_own()
    {
        await using var app = SampleHost.Build([], builder => builder.Services.AddHealthChecks()
            .AddCheck<Good>("waits")
            .Add(new HealthCheckRegistration("own", _ => new Good(), null, null, TimeSpan.FromSeconds(1))));

        var limits = app.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.ToDictionary(check => check.Name, check => check.Timeout);

        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)), (limits["waits"], limits["own"]));
    }

    [Fact]
    public async Task Those_who_ask_within_a_second_share_one_look_and_a_failure_is_logged_once()
    {
        var (counted, lines) = (new Counted(), new KeptLines());
        await using var app = SampleHost.Build([], builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.AddProvider(lines);
            builder.Services.AddHealthChecks().AddCheck("counted", counted);
        });
        await app.StartAsync();
        var health = app.Services.GetRequiredService<HealthCheckService>();

        var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => health.CheckHealthAsync()));
        Assert.All(reports, report => Assert.Same(reports[0], report));
        Assert.Equal(1, counted.Looks);
        while (counted.Looks < 3)
        {
            await health.CheckHealthAsync();
            await Task.Delay(20);
        }

        Assert.Equal(["Health check counted is Unhealthy: down", "Health check counted is well again; it was Unhealthy."], lines.All.Where(line => line.Contains("counted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_stop_may_take_25_seconds()
    {
        await using var app = SampleHost.Build([]);

        Assert.Equal(TimeSpan.FromSeconds(25), app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private static async Task<(HttpStatusCode Status, string Text)> Ask(string path, Action<IHealthChecksBuilder> checks)
    {
        await using var app = SampleHost.Build([], builder =>
        {
            builder.WebHost.UseTestServer();
            checks(builder.Services.AddHealthChecks());
        });
        await app.StartAsync();
        using var response = await app.GetTestClient().GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class Good : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthCheckResult.Healthy("Host=10.0.0.1"));
    }

    private sealed class Down : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "password=secret"));
    }

    private sealed class Throwing : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("password=secret");
    }

    /// <summary>Fails at the first two looks.</summary>
    private sealed class Counted : IHealthCheck
    {
        private int _looks;

        public int Looks => Volatile.Read(ref _looks);

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(Interlocked.Increment(ref _looks) <= 2 ? HealthCheckResult.Unhealthy("down") : HealthCheckResult.Healthy());
    }

    private sealed class KeptLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
