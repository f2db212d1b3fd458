namespace Refresher.Core.Data;

/// <summary>The growing wait of a loop whose server does not answer: doubled each time, spread by a quarter, up to a limit.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _next = first;

    public void Reset() => _next = first;

    /// <summary>Waits; ends quietly when cancelled.</summary>
    public async Task DelayAsync(CancellationToken cancel)
    {
        var spread = 0.75 + (Random.Shared.NextDouble() / 2);
        await Task.Delay(_next * spread, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, longest.Ticks));
    }
}
