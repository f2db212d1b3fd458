using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Refresher.Core.Schedules.Files;

/// <summary>
/// Reads YAML as another writing of JSON, and nothing more: one document, mappings with texts as keys, sequences and scalars. What JSON
/// has no counterpart for (anchors and aliases, tags, a key given twice) is refused with its line, so that no text grows when it is read.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Levels of nesting; a schedule needs about five.</summary>
    public const int MostLevels = 32;

    private readonly Parser _parser;
    private readonly Dictionary<JsonNode, long> _lines = new(ReferenceEqualityComparer.Instance);

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Reads a text.</summary>
    /// <param name="lines">The line, from 1, on which each node begins.</param>
    /// <returns>Null with an error that says the line, or null without one for an empty text.</returns>
    public static JsonNode? Read(string text, FieldErrors errors, out IReadOnlyDictionary<JsonNode, long> lines)
    {
        var reader = new YamlReader(text);
        lines = reader._lines;
        try
        {
            return reader.Document();
        }
        catch (YamlException wrong)
        {
            errors.Add("", $"This is not YAML that can be taken (line {wrong.Start.Line}, column {wrong.Start.Column}): {Sentence(wrong.Message)}");
            return null;
        }
    }

    private JsonNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = Node(0);
        _parser.Consume<DocumentEnd>();
        return _parser.TryConsume<StreamEnd>(out _) ? root : throw Refused(_parser.Current!, "there is a second document; one file is one document.");
    }

    private JsonNode? Node(int level)
    {
        var at = _parser.Consume<ParsingEvent>();
        var node = at switch
        {
            _ when level > MostLevels => throw Refused(at, $"it is nested more than {MostLevels} levels deep."),
            AnchorAlias alias => throw Refused(at, $"aliases (*{alias.Value}) are not taken; write out what is meant."),
            NodeEvent { Anchor.IsEmpty: false } anchored => throw Refused(at, $"anchors (&{anchored.Anchor}) are not taken; write out what is meant."),
            NodeEvent { Tag.IsEmpty: false } tagged => throw Refused(at, $"tags ({tagged.Tag}) are not taken; quote what is a text, and leave the rest as it is."),
            Scalar scalar => Value(scalar),
            SequenceStart => Sequence(level + 1),
            MappingStart => Mapping(level + 1),
            _ => throw Refused(at, "a value is missing."),
        };
        if (node is not null)
        {
            _lines[node] = at.Start.Line;
        }

        return node;
    }

    private JsonArray Sequence(int level)
    {
        var items = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(level));
        }

        return items;
    }

    private JsonObject Mapping(int level)
    {
        var members = new JsonObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Consume<ParsingEvent>();
            if (at is not Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } key)
            {
                throw Refused(at, "the name of a field must be a plain text.");
            }

            if (members.ContainsKey(Text(key)))
            {
                throw Refused(at, $"'{Short(key.Value)}' is given twice.");
            }

            members.Add(key.Value, Node(level));
        }

        return members;
    }

    private static JsonNode? Value(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain)
        {
            return Text(scalar);
        }

        return YamlScalar.TryRead(Text(scalar), out var value) ? value : throw Refused(scalar, $"{Short(scalar.Value)} is not a number that can be used.");
    }

    /// <summary>JSON's texts are Unicode; an escape of YAML can write half a character.</summary>
    private static string Text(Scalar scalar)
    {
        var text = scalar.Value;
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[++at])))
            {
                throw Refused(scalar, "there is a text that is not valid Unicode.");
            }
        }

        return text;
    }

    private static SemanticErrorException Refused(ParsingEvent at, string why) => new(at.Start, at.End, why);

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
