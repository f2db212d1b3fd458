using Microsoft.Extensions.Logging;

namespace Refresher.Core.Execution;

/// <summary>What a task writes to <c>run.Log</c>: kept with the run, not in the worker's own log.</summary>
internal sealed class RunLogger(RunLog log, TimeProvider clock) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Debug and < LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var text = formatter(state, exception);
            log.Write(clock.GetUtcNow(), logLevel, exception is null ? text : $"{text}{Environment.NewLine}{exception}");
        }
    }
}

/// <summary>
/// Brings what a task's own services log into the run's log too, through the flow of the attempt. Lines of the framework count from Warning
/// up: a task that makes a web request does not want its plumbing in the log.
/// </summary>
internal sealed class RunLoggerProvider(TimeProvider clock) : ILoggerProvider
{
    private static readonly AsyncLocal<RunLog?> Current = new();

    /// <summary>Lines written in this flow from now on belong to <paramref name="log"/>.</summary>
    public static void Enter(RunLog? log) => Current.Value = log;

    public ILogger CreateLogger(string categoryName) => new FlowLogger(clock, IsFramework(categoryName) ? LogLevel.Warning : LogLevel.Information);

    public void Dispose()
    {
        // Holds nothing.
    }

    private static bool IsFramework(string category) =>
        category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("System.", StringComparison.Ordinal) || category.StartsWith("Npgsql", StringComparison.Ordinal);

    private sealed class FlowLogger(TimeProvider clock, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel < LogLevel.None && Current.Value is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && Current.Value is { } log)
            {
                new RunLogger(log, clock).Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
