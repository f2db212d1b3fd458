using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Refresher.Docs.Tests;

/// <summary>Blocks of code say what they are, and are it.</summary>
public sealed class CodeTests
{
    private static readonly HashSet<string> s_languages = ["bash", "csharp", "json", "mermaid", "properties", "python", "sql", "text", "yaml"];

    [Fact]
    public void Every_block_names_its_language() => Offenders.None(
        Document.All.Values.SelectMany(document => document.Blocks).Where(block => !s_languages.Contains(block.Language))
            .Select(block => $"{block}: '{block.Language}' is none of: {string.Join(", ", s_languages)}."));

    /// <summary>What a document shows is a piece of a file that is built, and so compiles, and is the code that is run.</summary>
    [Fact]
    public void Every_block_of_csharp_is_a_piece_of_a_file_that_is_built()
    {
        var files = Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(file => Plain(Repository.Text(file))).ToArray();
        var blocks = Document.BlocksIn("csharp").ToArray();

        Assert.NotEmpty(blocks);
        Offenders.None(blocks.Where(block => !files.Any(file => file.Contains(Plain(block.Text), StringComparison.Ordinal)))
            .Select(block => $"{block}: this stands in no C# file of the repository. Take it from one, or put it into one."));
    }

    [Fact]
    public void Every_block_of_json_can_be_read() => Offenders.None(
        Document.BlocksIn("json").Select(block => WhatIsWrong(block, text => JsonDocument.Parse(text).Dispose(), byLine: true)).OfType<string>());

    [Fact]
    public void Every_block_of_yaml_can_be_read() => Offenders.None(
        Document.BlocksIn("yaml").Select(block => WhatIsWrong(block, text => new YamlStream().Load(new StringReader(text)), byLine: false)).OfType<string>());

    [ProgramFact("bash")]
    public async Task Every_block_of_bash_can_be_read()
    {
        var wrong = new List<string>();
        foreach (var block in Document.BlocksIn("bash"))
        {
            var (code, _, errors) = await Shell.RunAsync("bash", ["-n"], block.Text);
            if (code != 0)
            {
                wrong.Add($"{block}: {errors}");
            }
        }

        Offenders.None(wrong);
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    /// <param name="byLine">A block may also be a text a line.</param>
    private static string? WhatIsWrong(Block block, Action<string> read, bool byLine)
    {
        try
        {
            read(block.Text);
            return null;
        }
        catch (Exception) when (byLine && block.Text.Contains('\n', StringComparison.Ordinal) && block.Text.Split('\n').All(line => CanRead(read, line)))
        {
            return null;
        }
        catch (Exception error) when (error is JsonException or YamlDotNet.Core.YamlException)
        {
            return $"{block}: {error.Message}";
        }
    }

    private static bool CanRead(Action<string> read, string text)
    {
        try
        {
            read(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
