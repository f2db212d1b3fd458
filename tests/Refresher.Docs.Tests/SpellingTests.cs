namespace Refresher.Docs.Tests;

/// <summary>Words in documents are spelled right, as far as codespell knows the ways to get them wrong.</summary>
public sealed class SpellingTests
{
    private const string Words = "tests/Refresher.Docs.Tests/words.txt";

    [ProgramFact("codespell")]
    public async Task Documents_are_spelled_right()
    {
        // A word, and behind # why it is right here.
        var ours = Repository.Lines(Words).Select(line => line.Split('#')[0].Trim()).Where(word => word.Length > 0).ToArray();
        var (code, found, errors) = await Shell.RunAsync("codespell", ["--ignore-words-list", string.Join(',', ours), .. Document.All.Keys], "");

        Assert.NotEmpty(ours);

        Assert.True(code == 0, found + errors);
    }
}
