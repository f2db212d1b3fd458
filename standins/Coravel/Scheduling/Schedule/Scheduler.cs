// Stand-in for Coravel
using System.Collections.Concurrent;
using Coravel.Invocable;
using Coravel.Scheduling.Schedule.Interfaces;
using Microsoft.Extensions.DependencyInjection;

namespace Coravel.Scheduling.Schedule;

/// <summary>Runs what is due at a tick: one after the other, in the order of their registration.</summary>
internal sealed class Scheduler(IServiceScopeFactory scopes) : IScheduler, ISchedulerConfiguration, IDisposable
{
    private readonly ConcurrentQueue<ScheduledEvent> _events = new();
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Action<Exception>? _onError;
    private int _iterations;
    private int _ticks;

    public bool IsRunning => Volatile.Read(ref _iterations) > 0;

    public IScheduleInterval Schedule(Action actionToSchedule) => Add(_ =>
    {
        actionToSchedule();
        return Task.CompletedTask;
    });

    public IScheduleInterval ScheduleAsync(Func<Task> asyncTaskToSchedule) => Add(_ => asyncTaskToSchedule());

    public IScheduleInterval Schedule<T>()
        where T : IInvocable => Add(InvokeFromContainer<T>);

    public ISchedulerConfiguration OnError(Action<Exception> onError)
    {
        _onError = onError;
        return this;
    }

    public async Task RunAt(DateTimeOffset tick)
    {
        Interlocked.Increment(ref _iterations);
        var first = Interlocked.Increment(ref _ticks) == 1;
        try
        {
            var due = _events.Where(scheduled => scheduled.IsDue(tick) || (first && scheduled.RunsAtStart)).ToList();
            await Task.Run(async () =>
            {
                foreach (var scheduled in due)
                {
                    await Run(scheduled).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _iterations);
        }
    }

    public void Cancel() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    private ScheduledEvent Add(Func<CancellationToken, Task> invocation)
    {
        var scheduled = new ScheduledEvent(invocation);
        _events.Enqueue(scheduled);
        return scheduled;
    }

    private async Task Run(ScheduledEvent scheduled)
    {
        if (scheduled.Identifier is { } identifier && !_running.TryAdd(identifier, true))
        {
            return;
        }

        try
        {
            await scheduled.Invoke(_stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One failed invocation must not end the ticking; whoever cares has OnError.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _onError?.Invoke(failure);
        }
        finally
        {
            if (scheduled.Identifier is not null)
            {
                _running.TryRemove(scheduled.Identifier, out _);
            }
        }
    }

    private async Task InvokeFromContainer<T>(CancellationToken stopping)
        where T : IInvocable
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var invocable = scope.ServiceProvider.GetRequiredService<T>();
            if (invocable is ICancellableInvocable cancellable)
            {
                cancellable.CancellationToken = stopping;
            }

            await invocable.Invoke().ConfigureAwait(false);
        }
    }
}
