using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Refresher.Core;

namespace Refresher.Api.Http;

/// <summary>How answers are written: camelCase, words for enums, instants in UTC with <c>Z</c>, durations as <c>[d.]hh:mm:ss[.fff]</c>.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions json)
    {
        // The content type says that it is JSON and nosniff that it is nothing else, so umlauts and quotes need no escapes.
        json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        foreach (var converter in PlainJson.Converters)
        {
            json.Converters.Add(converter);
        }

        return json;
    }
}

/// <summary>JSON as it is stored, passed on without being read.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct RawJson(string Text)
{
    public static RawJson? Of(string? text) => text is null ? null : new RawJson(text);

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonElement.ParseValue(ref reader).GetRawText());

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
