namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>A speed-test server did not do what such a server does; the message says what it did.</summary>
/// <param name="busy">Set when it said "too many requests": for how long, zero when it did not say.</param>
internal class SpeedServerException(string message, TimeSpan? busy = null) : IOException(message)
{
    public TimeSpan? Busy { get; } = busy;
}

/// <summary>The server answered, and will answer so again: a status, a page, or next to nothing instead of data.</summary>
internal sealed class SpeedServerRefusalException(string message, TimeSpan? busy = null) : SpeedServerException(message, busy);
