using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;

namespace Refresher.Testing;

/// <summary>A run without a worker: executes a task in process and keeps what it says.</summary>
/// <param name="clock">The run's clock; the host's when null.</param>
public sealed class RunHarness(TimeProvider? clock = null) : RunContext, ILogger
{
    private readonly ConcurrentQueue<RunLine> _lines = new();
    private readonly ConcurrentQueue<(int Percent, string? Text)> _progress = new();

    public override Guid Id { get; } = Guid.CreateVersion7();

    public override int Attempt => AttemptNumber;

    /// <summary>What <see cref="Attempt"/> says; 1 unless set.</summary>
    public int AttemptNumber { get; init; } = 1;

    public override DateTimeOffset DueAt { get; } = (clock ?? TimeProvider.System).GetUtcNow();

    public override string? ScheduleKey => Schedule;

    public override Guid? ParentId => null;

    /// <summary>What <see cref="ScheduleKey"/> says; none unless set.</summary>
    public string? Schedule { get; init; }

    public override TimeProvider Clock { get; } = clock ?? TimeProvider.System;

    public override ILogger Log => this;

    /// <summary>The lines logged so far, in order.</summary>
    public IReadOnlyList<RunLine> Lines => [.. _lines];

    /// <summary>The progress reported so far, in order.</summary>
    public IReadOnlyList<(int Percent, string? Text)> Progressed => [.. _progress];

    public override void Progress(int percent, string? text = null) => _progress.Enqueue((percent, text));

    /// <summary>Waits until a line satisfies <paramref name="wanted"/>.</summary>
    /// <exception cref="TimeoutException">None did within a minute.</exception>
    public async Task<RunLine> LineAsync(Func<RunLine, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (_lines.FirstOrDefault(wanted) is { } line)
            {
                return line;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException("No such line. There are: " + string.Join('\n', _lines));
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    void ILogger.Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new RunLine(level, formatter(state, exception)));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}

/// <summary>A line that a run logged.</summary>
public sealed record RunLine(LogLevel Level, string Text);
