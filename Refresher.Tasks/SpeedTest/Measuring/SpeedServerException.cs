namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>A speed-test server did not do what such a server does; the message says what it did.</summary>
internal class SpeedServerException(string message) : IOException(message);

/// <summary>There is no server to measure against; trying again does not help.</summary>
internal sealed class NoSpeedServerException(string message) : SpeedServerException(message);

/// <summary>The server answered, and will answer so again: a status, a page, or next to nothing instead of data.</summary>
internal sealed class SpeedServerRefusalException(string message) : SpeedServerException(message);
