using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Tasks;

namespace Refresher.Core.Tests;

/// <summary>Kinds that exist only here, beside those of the program, whose tables the migrations make.</summary>
internal static class TestKinds
{
    public static KindCatalog Catalog { get; } = new KindCatalog().AddAll(TaskCatalog.Kinds).Add<EchoTask, EchoOptions>().Add<LeakTask, LeakOptions>();
}

internal sealed record EchoOptions
{
    public string Text { get; init; } = "";

    public int FailFirst { get; init; }

    public string? Throws { get; init; }

    public TimeSpan Wait { get; init; }
}

/// <summary>Does as its options say.</summary>
internal sealed class EchoTask : IKind, ITask<EchoOptions>
{
    public static string Name => "echo";

    public async Task<RunOutcome> RunAsync(EchoOptions options, RunContext run, CancellationToken cancel)
    {
        if (run.Attempt <= options.FailFirst)
        {
            return RunOutcome.Retry("not yet");
        }

        if (options.Throws is { } message)
        {
            throw new InvalidOperationException(message);
        }

        await Task.Delay(options.Wait, cancel);
        run.Log.LogInformation("said {Text}", options.Text);
        return RunOutcome.Success(new { options.Text });
    }
}

internal sealed record LeakOptions
{
    [Secret]
    public string? Secret { get; init; }

    public string Say { get; init; } = "";

    public bool Fails { get; init; }

    public bool Throws { get; init; }
}

/// <summary>Tells its secret wherever it can.</summary>
internal sealed class LeakTask : IKind, ITask<LeakOptions>
{
    public static string Name => "leak";

    public Task<RunOutcome> RunAsync(LeakOptions options, RunContext run, CancellationToken cancel)
    {
        run.Log.LogInformation("{Say} {Secret}", options.Say, options.Secret);
        run.Progress(50, $"with {options.Secret}");
        return options.Throws ? throw new InvalidOperationException($"thrown with {options.Secret}")
            : options.Fails ? Task.FromResult(RunOutcome.Failure($"{options.Say} with {options.Secret}"))
            : Task.FromResult(RunOutcome.Success(new { echo = $"it is {options.Secret}", list = new[] { options.Secret }, length = options.Secret?.Length }));
    }
}
