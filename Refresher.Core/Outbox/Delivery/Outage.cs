using System.Data;
using System.Net.Sockets;
using Npgsql;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>Tells what lies with a server that is away, which will pass, from what lies with an event or its consumer.</summary>
internal static class Outage
{
    /// <summary>Classes of SQLSTATE of a server that stops, fails over or is overloaded (PostgreSQL, appendix A), beyond those that Npgsql calls transient.</summary>
    private static readonly string[] States = ["57P", "53", "08", "40", "25006", "55P03", "58"];

    /// <param name="connection">Of the transaction in which it happened: broken, nothing can be said about the events.</param>
    public static bool Is(Exception error, NpgsqlConnection? connection)
    {
        if (connection is { State: not ConnectionState.Open })
        {
            return true;
        }

        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is NpgsqlException { IsTransient: true } or TimeoutException or SocketException or EndOfStreamException
                || (inner is PostgresException { SqlState: { } state } && States.Any(start => state.StartsWith(start, StringComparison.Ordinal))))
            {
                return true;
            }
        }

        return false;
    }
}
