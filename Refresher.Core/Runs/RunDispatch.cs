using Refresher.Core.Execution;
using Refresher.Core.Limits;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What follows a commit: runs go to Redis, and whoever watches or has to act is told.</summary>
public sealed class RunDispatch(RunQueue queue, LiveSignals signals, OutboxWriter outbox)
{
    /// <param name="changed">Runs whose state changed without their going to Redis.</param>
    internal async Task SendAsync(Granted granted, IEnumerable<Guid>? changed = null)
    {
        await queue.SendAsync(granted.Runs);
        var topics = LiveTopics.Of(granted.Runs.Select(run => run.Id).Concat(changed ?? []));
        await signals.PublishAsync(granted.Paced ? [.. topics, LiveSignal.Limits] : topics.Count > 1 ? topics : []);
    }

    /// <inheritdoc cref="SendAsync(Granted, IEnumerable{Guid}?)"/>
    internal async Task SendAsync(Aftermath aftermath, IEnumerable<Guid>? changed = null)
    {
        RunMeasures.Final(aftermath.Ended);
        await SendAsync(aftermath.Granted, changed);
        if (aftermath.Followed)
        {
            await signals.PublishAsync([LiveSignal.Ready]);
        }

        if (aftermath.Told)
        {
            await outbox.TellAsync();
        }
    }
}

/// <summary>What the ends of runs brought about.</summary>
/// <param name="Followed">Runs were written that continue from those that ended; they are ready.</param>
internal sealed record Aftermath(Granted Granted, bool Followed)
{
    /// <summary>Events were written.</summary>
    public bool Told { get; init; }

    /// <summary>The runs that ended.</summary>
    public IReadOnlyCollection<EndedRun> Ended { get; init; } = [];

    public static Aftermath Nothing { get; } = new(Granted.Nothing, false);

    public static Aftermath operator +(Aftermath one, Aftermath other) => new(one.Granted + other.Granted, one.Followed || other.Followed)
    {
        Told = one.Told || other.Told,
        Ended = one.Ended.Count == 0 ? other.Ended : other.Ended.Count == 0 ? one.Ended : [.. one.Ended, .. other.Ended],
    };
}
