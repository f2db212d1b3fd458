using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Refresher.Core.Schedules.Files;

/// <summary>Writes JSON as YAML for people: block style, a field a line, quotes only where some reader could misunderstand a text without them.</summary>
internal static partial class YamlWriter
{
    private static readonly EmitterSettings Settings = new(
        bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: false, indentSequences: true, newLine: "\n");

    public static Emitter To(TextWriter text) => new(text, Settings);

    public static void Write(IEmitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, members.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in members)
                {
                    Write(emitter, name, PlainName().IsMatch(name) && !YamlScalar.NeedsQuotes(name) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);
                    Write(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray items:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in items)
                {
                    Write(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Write(emitter, value.GetValue<string>());
                break;
            default:
                Write(emitter, node?.ToJsonString() ?? "null", ScalarStyle.Plain);
                break;
        }
    }

    private static void Write(IEmitter emitter, string text) => Write(emitter, text, StyleOf(text));

    private static void Write(IEmitter emitter, string text, ScalarStyle style) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));

    private static ScalarStyle StyleOf(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && IsBlock(text) ? ScalarStyle.Literal
        : text.Any(char.IsControl) || YamlScalar.NeedsQuotes(text) || text.Contains("...", StringComparison.Ordinal) || text.Contains("---", StringComparison.Ordinal)
            ? ScalarStyle.DoubleQuoted // Three dots or hyphens end or begin a document, and readers differ in where.
            : ScalarStyle.Plain;

    /// <summary>True for lines that can stand as they are: no line begins or ends with a blank, none is empty at either end, and all is printable.</summary>
    private static bool IsBlock(string text) =>
        text[0] != '\n' && !text.EndsWith("\n\n", StringComparison.Ordinal)
        && text.All(c => c == '\n' || !char.IsControl(c)) && !text.AsSpan().ContainsAny('\u2028', '\u2029', '\uFEFF')
        && text.Split('\n').All(line => line.Length == 0 || (!char.IsWhiteSpace(line[0]) && !char.IsWhiteSpace(line[^1])));

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}
