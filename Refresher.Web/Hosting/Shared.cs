namespace Refresher.Web.Hosting;

/// <summary>A value that is dear to read and may be a few seconds old: one reads it, everyone sees it.</summary>
internal sealed class Shared<T>(TimeProvider clock) : IDisposable
    where T : class
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _turn = new(1);
    private T? _value;
    private long _readAt;

    public async Task<T> GetAsync(Func<Task<T>> read)
    {
        await _turn.WaitAsync();
        try
        {
            if (_value is null || clock.GetElapsedTime(_readAt) > MaxAge)
            {
                _value = await read();
                _readAt = clock.GetTimestamp();
            }

            return _value;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
