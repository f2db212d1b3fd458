using System.Net.Sockets;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>A look that ended before there was an answer to judge: a category for visitors, and words for the admin.</summary>
internal sealed class CheckFailedException(CheckFault fault, string words, Exception? inner = null) : Exception(words, inner)
{
    public CheckFault Fault { get; } = fault;

    /// <summary>What an error of the socket to <paramref name="peer"/> means.</summary>
    /// <param name="peer">As <c>10.0.0.1:443</c>.</param>
    public static CheckFailedException Of(SocketException error, string peer) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(CheckFault.Refused, $"connection refused by {peer}", error),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected
            => new(CheckFault.Reset, $"{peer} reset the connection", error),
        SocketError.TimedOut => new(CheckFault.Timeout, $"no answer from {peer}", error),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable
            => new(CheckFault.Unreachable, $"{peer} cannot be reached: {error.Message}", error),
        SocketError.AccessDenied => new(CheckFault.Unreachable, $"this machine does not let out a connection to {peer}: {error.Message}", error),
        _ => new(CheckFault.Internal, $"the connection to {peer} failed: {error.Message}", error),
    };
}
