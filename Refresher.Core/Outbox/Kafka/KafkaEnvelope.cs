using System.Buffers;
using System.Text.Json;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>
/// An event as the value of a message: JSON with <c>id</c>, <c>type</c>, <c>key</c>, <c>at</c>, <c>traceParent</c> and <c>payload</c> (one that is no JSON as <c>payloadBase64</c>). It stands in the value
/// because old brokers drop headers without a word; the topic is the message's own.
/// </summary>
internal static class KafkaEnvelope
{
    public static byte[] Write(Event one)
    {
        var buffer = new ArrayBufferWriter<byte>(one.Payload.Length + 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, one.Id);
            json.WriteString("type"u8, one.Type);
            json.WriteString("key"u8, one.Key);
            json.WriteString("at"u8, one.At);
            if (one.TraceParent is not null)
            {
                json.WriteString("traceParent"u8, one.TraceParent);
            }

            if (IsJson(one.Payload.Span))
            {
                json.WritePropertyName("payload"u8);
                json.WriteRawValue(one.Payload.Span, skipInputValidation: true);
            }
            else
            {
                json.WriteBase64String("payloadBase64"u8, one.Payload.Span);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The payload is a part of <paramref name="value"/>, not a copy.</summary>
    /// <exception cref="JsonException">It is no envelope; the message says what is wrong.</exception>
    public static Event Read(string topic, byte[] value)
    {
        var json = new Utf8JsonReader(value);
        Guid? id = null;
        DateTimeOffset? at = null;
        string? type = null, key = null, trace = null;
        ReadOnlyMemory<byte>? payload = null;
        try
        {
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject, "an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                switch (name)
                {
                    case "id": id = json.GetGuid(); break;
                    case "at": at = json.GetDateTimeOffset(); break;
                    case "type": type = json.GetString(); break;
                    case "key": key = json.GetString(); break;
                    case "traceParent": trace = json.GetString(); break;
                    case "payload":
                        var start = (int)json.TokenStartIndex;
                        json.Skip();
                        payload = value.AsMemory(start, (int)json.BytesConsumed - start);
                        break;
                    case "payloadBase64": payload = json.GetBytesFromBase64(); break;
                    default: json.Skip(); break;
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new JsonException($"The message is no envelope of an event: {e.Message}", e);
        }

        Expect(id is not null && at is not null && type is not null && key is not null && payload is not null, "id, type, key, at and payload");
        return new(id!.Value, topic, type!, key!, at!.Value, trace, payload!.Value);
    }

    /// <summary>Written as it is, what is no JSON would spoil the whole envelope.</summary>
    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        var json = new Utf8JsonReader(payload);
        try
        {
            json.Read();
            json.Skip();
            return !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Expect(bool holds, string what)
    {
        if (!holds)
        {
            throw new JsonException($"The message is no envelope of an event: {what} was expected.");
        }
    }
}
