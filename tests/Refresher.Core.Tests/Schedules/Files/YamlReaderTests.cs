using System.Text;
using System.Text.Json.Nodes;
using Refresher.Core.Schedules.Files;

namespace Refresher.Core.Tests.Schedules.Files;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 00:05:00", """{"a":"00:05:00"}""")] // A number of base 60 in YAML 1.1.
    [InlineData("a: 12:30:00", """{"a":"12:30:00"}""")]
    [InlineData("a: \"5\"", """{"a":"5"}""")]
    [InlineData("a: '5'", """{"a":"5"}""")]
    [InlineData("a: 5", """{"a":5}""")]
    [InlineData("a: 007", """{"a":7}""")]
    [InlineData("a: -0.5e1", """{"a":-5}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 0o17", """{"a":15}""")]
    [InlineData("a: 1_000", """{"a":"1_000"}""")]
    [InlineData("a: yes", """{"a":"yes"}""")]
    [InlineData("a: off", """{"a":"off"}""")]
    [InlineData("a: True", """{"a":true}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: \"\"", """{"a":""}""")]
    [InlineData("a: 2026-01-31T08:00:00Z", """{"a":"2026-01-31T08:00:00Z"}""")]
    [InlineData("a: 30 2 * * 1-5", """{"a":"30 2 * * 1-5"}""")]
    [InlineData("a: [x, {b: 1}]", """{"a":["x",{"b":1}]}""")]
    [InlineData("a: |\n  one\n  two\n", """{"a":"one\ntwo\n"}""")]
    [InlineData("# said\n---\na: >-\n  one\n  two\n...\n", """{"a":"one two"}""")]
    [InlineData("5: x", """{"5":"x"}""")]
    [InlineData("", "null")]
    [InlineData("# nothing", "null")]
    public void Scalars_are_what_the_core_schema_says(string yaml, string json)
    {
        var errors = new FieldErrors();

        var read = YamlReader.Read(yaml, errors, out _);

        Assert.Empty(errors);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), read), read?.ToJsonString());
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "line 3", "given twice")]
    [InlineData("a: &x 1\nb: 2", "line 1", "anchors")]
    [InlineData("a: 1\nb: *x", "line 2", "aliases")]
    [InlineData("a: !!python/object:os.system x", "line 1", "tags")]
    [InlineData("a: !!str 5", "line 1", "tags")]
    [InlineData("a: 1\n---\nb: 2", "line 2", "second document")]
    [InlineData("? [x]\n: 1", "line 1", "plain text")]
    [InlineData("a: .inf", "line 1", "not a number")]
    [InlineData("\n\na: 9e999", "line 3", "not a number")]
    [InlineData("a: \"\\ud800\"", "line 1", "Unicode")]
    [InlineData("a: [1", "line 2", "")]
    [InlineData("a: 1\n\tb: 2", "line 1", "tab")]
    [InlineData("a: b: c", "line 1", "")]
    public void What_JSON_cannot_say_is_refused_with_its_line(string yaml, string line, string why)
    {
        var errors = new FieldErrors();

        Assert.Null(YamlReader.Read(yaml, errors, out _));

        Assert.True(errors.ToString().Contains(line, StringComparison.Ordinal), errors.ToString());
        Assert.Contains(why, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_grows_or_nests_without_end_ends_at_once()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 40; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        foreach (var text in new[] { bomb.ToString(), new string('[', 1_000_000), string.Concat(Enumerable.Repeat("{a: ", 500_000)), string.Concat(Enumerable.Repeat("- ", 500_000)), string.Concat(Enumerable.Repeat("? ", 500_000)) })
        {
            var errors = new FieldErrors();

            Assert.Null(YamlReader.Read(text, errors, out _));
            Assert.Single(errors);
        }
    }

    [Fact]
    public void What_is_written_reads_back_as_it_was()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var node = new JsonObject { ["root"] = Any(random, 0) };
            var yaml = Written(node);
            var errors = new FieldErrors();

            var read = YamlReader.Read(yaml, errors, out _);

            Assert.True(errors.Count == 0 && JsonNode.DeepEquals(node, read), $"{node.ToJsonString()}\n{yaml}\n{errors}\n{read?.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("backup", "a: backup\n")]
    [InlineData("30 2 * * 1-5", "a: 30 2 * * 1-5\n")]
    [InlineData("*/5 * * * *", "a: '*/5 * * * *'\n")]
    [InlineData("00:05:00", "a: \"00:05:00\"\n")]
    [InlineData("5", "a: \"5\"\n")]
    [InlineData("no", "a: \"no\"\n")]
    [InlineData("", "a: \"\"\n")]
    [InlineData("Grüße: 1", "a: 'Grüße: 1'\n")]
    [InlineData("one\ntwo\n", "a: |\n  one\n  two\n")]
    [InlineData("one\ntwo", "a: |-\n  one\n  two\n")]
    public void Texts_are_quoted_only_where_some_reader_would_take_them_for_something_else(string text, string yaml) =>
        Assert.Equal(yaml, Written(new JsonObject { ["a"] = text }));

    private static string Written(JsonNode node)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = YamlWriter.To(text);
        emitter.Emit(new YamlDotNet.Core.Events.StreamStart());
        emitter.Emit(new YamlDotNet.Core.Events.DocumentStart(null, null, isImplicit: true));
        YamlWriter.Write(emitter, node);
        emitter.Emit(new YamlDotNet.Core.Events.DocumentEnd(isImplicit: true));
        emitter.Emit(new YamlDotNet.Core.Events.StreamEnd());
        return text.ToString();
    }

    private static JsonNode? Any(Random random, int level) => random.Next(level > 3 ? 5 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => Math.Round((random.NextDouble() - 0.5) * 1e6, 3),
        4 => Text(random),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, level + 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(_ => Text(random)).Distinct().Select(name => KeyValuePair.Create(name, Any(random, level + 1)))),
    };

    private static string Text(Random random)
    {
        string[] pieces = ["a", "B c", " ", "\n", "\t", ":", "- ", "#", "'", "\"", "\\", "{", "]", "*", "&", "!", "%", "@", "|", ">", "~", "0", "1e3", "yes", "é", "😀", "\u0001", "\u0085", "\u2028", "\uFEFF", "?", ",", "---", "...", "=", "<<", "\r"];
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
