using Coravel.Scheduling.HostedService;
using Coravel.Scheduling.Schedule;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests.Inner;

public sealed class MissedTicksTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, 250, TimeSpan.Zero);

    [Fact]
    public async Task A_timer_that_comes_five_seconds_late_is_made_up_for_second_by_second()
    {
        var clock = new HandClock(Start);
        using var lifetime = new Lifetime();
        using var scheduler = new Scheduler(new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
        var each = 0;
        var even = 0;
        scheduler.Schedule(() => each++).EverySecond();
        scheduler.Schedule(() => even++).EverySeconds(2);
        using var host = new SchedulerHost(scheduler, lifetime, NullLogger<SchedulerHost>.Instance, clock);
        await host.StartAsync(CancellationToken.None);
        lifetime.Start();

        clock.Now += TimeSpan.FromSeconds(5);
        clock.Fire();
        await host.StopAsync(CancellationToken.None);

        // 8 9 10 11 and then 12 itself; the even ones are 8, 10 and 12.
        Assert.Equal((5, 3), (each, even));
    }

    [Fact]
    public void A_clock_that_is_set_back_misses_nothing()
    {
        var seconds = new ContinuousSeconds(Start);

        Assert.Empty(seconds.MissedUntil(Start.AddHours(-1)));
        Assert.Equal([Start.AddHours(-1).AddMilliseconds(750), Start.AddHours(-1).AddMilliseconds(1_750)], seconds.MissedUntil(Start.AddHours(-1).AddSeconds(3)));
    }

    [Fact]
    public void A_timer_in_time_misses_nothing()
    {
        var seconds = new ContinuousSeconds(Start);

        Assert.Empty(seconds.MissedUntil(Start.AddSeconds(1)));
        Assert.Empty(seconds.MissedUntil(Start.AddSeconds(2.7)));
    }

    [Theory]
    [InlineData(0, 7, false)]
    [InlineData(0, 30, true)]
    [InlineData(56, 7, true)]
    [InlineData(57, 7, false)]
    public void Seconds_are_counted_within_the_minute(int second, int every, bool due)
    {
        var scheduled = new ScheduledEvent(_ => Task.CompletedTask);
        scheduled.EverySeconds(every);

        Assert.Equal(due, scheduled.IsDue(new DateTimeOffset(2026, 3, 4, 5, 6, second, TimeSpan.Zero)));
    }

    /// <summary>Fires its one timer by hand; nothing moves by itself.</summary>
    private sealed class HandClock(DateTimeOffset now) : TimeProvider
    {
        private Action? _fire;

        public DateTimeOffset Now { get; set; } = now;

        public void Fire() => _fire?.Invoke();

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return new HandTimer();
        }

        private sealed class HandTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }
}
