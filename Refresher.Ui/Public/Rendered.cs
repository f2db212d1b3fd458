namespace Refresher.Ui.Public;

/// <summary>
/// One public answer as it was made last. While it is made anew the one before is served, unless it is so old that it might claim what nobody knows;
/// and it is made by one for all.
/// </summary>
public sealed class Rendered(TimeProvider clock)
{
    /// <summary>Younger than this it is served as it is.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>Older than this whoever asks waits for the new one.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private PublicAnswer? _answer;
    private Task<PublicAnswer>? _making;
    private long _madeAt;

    /// <param name="make">Called by one at a time. What it throws is thrown to those who wait.</param>
    public ValueTask<PublicAnswer> GetAsync(Func<Task<PublicAnswer>> make)
    {
        var (answer, age) = (_answer, _answer is null ? TimeSpan.MaxValue : clock.GetElapsedTime(Volatile.Read(ref _madeAt)));
        if (answer is not null && age < Fresh)
        {
            return ValueTask.FromResult(answer);
        }

        Task<PublicAnswer> making;
        lock (_lock)
        {
            making = _making is { IsCompleted: false } ? _making : _making = MakeAsync(make);
        }

        return answer is not null && age < Old ? ValueTask.FromResult(answer) : new(making);
    }

    private async Task<PublicAnswer> MakeAsync(Func<Task<PublicAnswer>> make)
    {
        await Task.Yield();
        var begunAt = clock.GetTimestamp();
        var answer = await make();
        Volatile.Write(ref _madeAt, begunAt);
        _answer = answer;
        return answer;
    }
}
