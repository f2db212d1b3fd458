using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Hello;

/// <summary>What to say, and how often to fail before it is said.</summary>
public sealed record HelloOptions
{
    [Description("Whom to greet.")]
    [StringLength(100, MinimumLength = 1)]
    public string Name { get; init; } = "world";

    [Description("Fail this many attempts first, so that a retry can be seen.")]
    [Range(0, 10)]
    public int FailFirst { get; init; }
}

/// <summary>The smallest task there is: the one the guide builds.</summary>
[Description("Says hello. Copy this folder to start your own task.")]
public sealed partial class HelloTask : IKind, ITask<HelloOptions>
{
    public static string Name => "hello";

    public static KindDefaults Defaults => new() { Retry = new RetryPolicy { MaxAttempts = 11, Delay = TimeSpan.FromSeconds(2) } };

    public Task<RunOutcome> RunAsync(HelloOptions options, RunContext run, CancellationToken cancel)
    {
        if (run.Attempt <= options.FailFirst)
        {
            return Task.FromResult(RunOutcome.Retry($"Failing on purpose: attempt {run.Attempt} of {options.FailFirst}."));
        }

        LogGreeting(run.Log, options.Name);
        return Task.FromResult(RunOutcome.Success(new { greeting = $"Hello, {options.Name}!" }));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Hello, {Name}!")]
    private static partial void LogGreeting(ILogger log, string name);
}
