namespace Refresher.Core.Data;

/// <summary>The growing wait of a loop whose server does not answer: doubled each time, spread by a quarter, up to a limit.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    public void Reset() => _failures = 0;

    /// <summary>Waits; ends quietly when cancelled.</summary>
    public async Task DelayAsync(CancellationToken cancel)
    {
        var spread = 0.75 + (Random.Shared.NextDouble() / 2);
        var wait = TimeSpan.FromSeconds(Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30)), longest.TotalSeconds));
        await Task.Delay(wait * spread, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
