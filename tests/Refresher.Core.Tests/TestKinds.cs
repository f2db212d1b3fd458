using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Tasks;

namespace Refresher.Core.Tests;

/// <summary>Kinds that exist only here, beside those of the program, whose tables the migrations make.</summary>
internal static class TestKinds
{
    public static KindCatalog Catalog { get; } = new KindCatalog().AddAll(TaskCatalog.Kinds).Add<EchoTask, EchoOptions>();
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
