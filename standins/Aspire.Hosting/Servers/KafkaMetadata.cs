// Stand-in for Aspire.Hosting.Kafka: its health check, which asks the broker instead of sending it a message.
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Aspire.Hosting;

/// <summary>Kafka's metadata request, version 0 (https://kafka.apache.org/protocol#The_Messages_Metadata), as far as a probe needs it.</summary>
internal static class KafkaMetadata
{
    private const int Correlation = 20_909;
    private static readonly string s_topic = "__consumer_offsets";

    /// <exception cref="InvalidOperationException">It does not answer as a broker that knows itself.</exception>
    public static async Task AskAsync(string host, int port, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, patience.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Request(), patience.Token);
        var answer = new byte[12];
        await stream.ReadExactlyAsync(answer, patience.Token);
        var (correlation, brokers) = (BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4)), BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(8)));
        if (correlation != Correlation || brokers < 1)
        {
            throw new InvalidOperationException($"Kafka knows {brokers} brokers");
        }
    }

    // Length, api key 3, version 0, correlation, no client id, one topic. To name this one makes the broker prepare the groups' offsets.
    private static byte[] Request()
    {
        var request = new byte[4 + 2 + 2 + 4 + 2 + 4 + 2 + s_topic.Length];
        var rest = request.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(rest, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(rest[4..], 3);
        BinaryPrimitives.WriteInt32BigEndian(rest[8..], Correlation);
        BinaryPrimitives.WriteInt16BigEndian(rest[12..], -1);
        BinaryPrimitives.WriteInt32BigEndian(rest[14..], 1);
        BinaryPrimitives.WriteInt16BigEndian(rest[18..], (short)s_topic.Length);
        System.Text.Encoding.ASCII.GetBytes(s_topic, rest[20..]);
        return request;
    }
}
