using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Refresher.Core.Schedules.Files;

/// <summary>Reads JSON as strictly as <see cref="YamlReader"/> reads YAML, and remembers where each thing stands.</summary>
internal ref struct JsonReader
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly Dictionary<JsonNode, long> _lines;
    private Utf8JsonReader _reader;
    private long _line;
    private int _counted;

    private JsonReader(ReadOnlySpan<byte> json, Dictionary<JsonNode, long> lines)
    {
        _json = json;
        (_lines, _line) = (lines, 1);
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = YamlReader.MostLevels });
    }

    /// <inheritdoc cref="YamlReader.Read"/>
    public static JsonNode? Read(string text, FieldErrors errors, out IReadOnlyDictionary<JsonNode, long> lines)
    {
        var found = new Dictionary<JsonNode, long>(ReferenceEqualityComparer.Instance);
        lines = found;
        var reader = new JsonReader(Encoding.UTF8.GetBytes(text), found);
        try
        {
            reader._reader.Read();
            var root = reader.Node();
            reader._reader.Read();
            return root;
        }
        catch (JsonException wrong)
        {
            var line = wrong.LineNumber is { } number ? number + 1 : reader.Line();
            errors.Add("", $"This is not JSON that can be taken (line {line}): {wrong.Message.Split(" LineNumber:", 2)[0]}");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON allows it to be written, and no text can hold it.
            errors.Add("", $"This is not JSON that can be taken (line {reader.Line()}): there is a text that is not valid Unicode.");
        }

        return null;
    }

    private JsonNode? Node()
    {
        var line = Line();
        JsonNode? node = _reader.TokenType switch
        {
            JsonTokenType.StartObject => Members(),
            JsonTokenType.StartArray => Items(),
            JsonTokenType.String => _reader.GetString(),
            JsonTokenType.Number => JsonValue.Create(JsonElement.ParseValue(ref _reader)),
            JsonTokenType.Null => null,
            _ => _reader.GetBoolean(),
        };
        if (node is not null)
        {
            _lines[node] = line;
        }

        return node;
    }

    private JsonObject Members()
    {
        var members = new JsonObject();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _reader.GetString()!;
            if (members.ContainsKey(name))
            {
                throw new JsonException($"'{(name.Length <= 60 ? name : name[..60] + "…")}' is given twice.");
            }

            _reader.Read();
            members.Add(name, Node());
        }

        return members;
    }

    private JsonArray Items()
    {
        var items = new JsonArray();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Node());
        }

        return items;
    }

    private long Line()
    {
        var at = (int)_reader.TokenStartIndex;
        _line += _json[_counted..at].Count((byte)'\n');
        _counted = at;
        return _line;
    }
}
