// Stand-in for Coravel
using Coravel.Scheduling.Schedule;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coravel.Scheduling.HostedService;

/// <summary>Ticks each second from the host's start to its stop; after a stall it makes up for every second that was missed, one by one.</summary>
internal sealed partial class SchedulerHost : IHostedService, IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<SchedulerHost> _log;
    private readonly TimeProvider _clock;
    private readonly ContinuousSeconds _seconds;
    private ITimer? _timer;
    private volatile bool _stopped;

    // The host's clock, whatever the program's TimeProvider is: the real package knows no other.
#pragma warning disable RS0030
    public SchedulerHost(Scheduler scheduler, IHostApplicationLifetime lifetime, ILogger<SchedulerHost> log)
        : this(scheduler, lifetime, log, TimeProvider.System)
#pragma warning restore RS0030
    {
    }

    internal SchedulerHost(Scheduler scheduler, IHostApplicationLifetime lifetime, ILogger<SchedulerHost> log, TimeProvider clock)
    {
        (_scheduler, _lifetime, _log, _clock) = (scheduler, lifetime, log, clock);
        _seconds = new ContinuousSeconds(clock.GetUtcNow());
    }

    /// <summary>Not before the whole program has started: an invocable may need any part of it.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lifetime.ApplicationStarted.Register(() => _timer = _clock.CreateTimer(Tick, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopped = true;
        _timer?.Change(Timeout.InfiniteTimeSpan, TimeSpan.Zero);
        _scheduler.Cancel();
        if (_scheduler.IsRunning)
        {
            LogStillRunning(_log);
        }

        while (_scheduler.IsRunning)
        {
            await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private async void Tick(object? state)
    {
        if (_stopped)
        {
            return;
        }

        var now = _clock.GetUtcNow();
        foreach (var missed in _seconds.MissedUntil(now))
        {
            await _scheduler.RunAt(missed).ConfigureAwait(false);
        }

        await _scheduler.RunAt(now).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scheduler stops, but something it started still runs. The program ends when that has ended.")]
    private static partial void LogStillRunning(ILogger log);
}
