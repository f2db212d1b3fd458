using Coravel;
using Coravel.Invocable;
using Coravel.Scheduling.Schedule.Interfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StandIns.Tests;

public sealed class SchedulerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Each_second_ticks_an_invocable_from_the_container()
    {
        using var ticks = new SemaphoreSlim(0);
        using var host = await Started(services => services.AddSingleton(ticks).AddTransient<Releasing>(), schedule => schedule.Schedule<Releasing>().EverySecond());

        Assert.True(await ticks.WaitAsync(Deadline));
        Assert.True(await ticks.WaitAsync(Deadline));

        await host.StopAsync();
    }

    [Fact]
    public async Task What_fails_is_told_and_the_ticks_go_on()
    {
        using var failures = new SemaphoreSlim(0);
        Exception? last = null;
        using var host = await Started(
            _ => { },
            schedule => schedule.ScheduleAsync(() => throw new InvalidOperationException("broken")).EverySecond(),
            failure =>
            {
                last = failure;
                failures.Release();
            });

        Assert.True(await failures.WaitAsync(Deadline));
        Assert.True(await failures.WaitAsync(Deadline));
        Assert.Equal("broken", last?.Message);

        await host.StopAsync();
    }

    [Fact]
    public async Task A_tick_is_dropped_while_the_one_before_still_runs()
    {
        var end = new TaskCompletionSource();
        using var others = new SemaphoreSlim(0);
        var started = 0;
        using var host = await Started(_ => { }, schedule =>
        {
            schedule.ScheduleAsync(() =>
            {
                Interlocked.Increment(ref started);
                return end.Task;
            }).EverySecond().PreventOverlapping("long");
            schedule.Schedule(() => others.Release()).EverySecond();
        });

        Assert.True(await others.WaitAsync(Deadline));
        Assert.True(await others.WaitAsync(Deadline));
        Assert.Equal(1, Volatile.Read(ref started));

        end.SetResult();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_stop_waits_for_what_still_runs_and_tells_it_to_end()
    {
        var seen = new Ending();
        using var host = await Started(services => services.AddSingleton(seen).AddTransient<EndingInvocable>(), schedule => schedule.Schedule<EndingInvocable>().EverySecond());
        await seen.Started.Task.WaitAsync(Deadline);

        await host.StopAsync().WaitAsync(Deadline);

        Assert.True(seen.Ended);
    }

    private static async Task<IHost> Started(Action<IServiceCollection> services, Action<IScheduler> schedule, Action<Exception>? onError = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScheduler();
        services(builder.Services);
        var host = builder.Build();
        host.Services.UseScheduler(schedule).OnError(onError ?? (_ => { }));
        await host.StartAsync();
        return host;
    }

    private sealed class Releasing(SemaphoreSlim ticks) : IInvocable
    {
        public Task Invoke()
        {
            ticks.Release();
            return Task.CompletedTask;
        }
    }

    private sealed class Ending
    {
        public TaskCompletionSource Started { get; } = new();

        public bool Ended { get; set; }
    }

    private sealed class EndingInvocable(Ending ending) : IInvocable, ICancellableInvocable
    {
        public CancellationToken CancellationToken { get; set; }

        public async Task Invoke()
        {
            ending.Started.TrySetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            ending.Ended = true;
        }
    }
}
