using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.Core;

/// <summary>How instants and durations are written in JSON, and what is accepted for them.</summary>
public static class PlainJson
{
    public static IReadOnlyList<JsonConverter> Converters { get; } = [new Instant(), new Duration()];

    /// <summary>A duration as <c>[d.]hh:mm:ss[.fff]</c>.</summary>
    public static string Write(TimeSpan duration) =>
        duration.Ticks % TimeSpan.TicksPerSecond == 0 ? duration.ToString("c", CultureInfo.InvariantCulture) : duration.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0');

    /// <summary>ISO 8601 with an offset; written in UTC with <c>Z</c>. Without an offset the machine's own zone would be taken, so that is refused.</summary>
    private sealed class Instant : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
            var time = text.IndexOf('T', StringComparison.Ordinal);
            var zoned = time > 0 && (text.EndsWith('Z') || text.AsSpan(time).IndexOfAny('+', '-') > 0);
            return zoned && reader.TryGetDateTimeOffset(out var instant) ? instant.ToUniversalTime() : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }

    /// <summary>A bare number would be taken for days, so the form with colons is asked for.</summary>
    private sealed class Duration : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) ? duration : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(PlainJson.Write(value));
    }
}
