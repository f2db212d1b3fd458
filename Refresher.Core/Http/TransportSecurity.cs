namespace Refresher.Core.Http;

/// <summary>What browsers are told of TLS, in answers that went over it (RFC 6797).</summary>
public static class TransportSecurity
{
    /// <summary>How long they come back by TLS only.</summary>
    public static TimeSpan MaxAge { get; } = TimeSpan.FromDays(365);
}
