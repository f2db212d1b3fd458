using System.Globalization;
using System.Text.Json;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>What docs/cadences.md says is what happens.</summary>
public sealed class CadenceDocsTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Root(), "docs", "cadences.md"));

    [Fact]
    public void The_examples_in_words_are_the_programs_words()
    {
        string[][] rows = [.. Table("| expression | in words |")];

        Assert.True(rows.Length >= 10);
        Assert.All(rows, row => Assert.Equal(row[1], CadenceDescription.Describe(new CronCadence(row[0].Trim('`'))).Replace(", UTC", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_examples_in_JSON_are_valid()
    {
        string[] examples = [.. Lines.Where(line => line.StartsWith("{\"type\"", StringComparison.Ordinal))];

        Assert.Equal(4, examples.Length);
        Assert.All(examples, example => Assert.NotNull(CadenceJson.Read(JsonDocument.Parse(example).RootElement, out _)));
    }

    [Fact]
    public void The_notes_on_changes_of_clocks_are_the_programs_notes()
    {
        string[][] rows = [.. Table("| cadence | occurrence | note |")];

        Assert.Equal(4, rows.Length);
        foreach (string[] row in rows)
        {
            string[] cadence = row[0].Split("`, ");
            DateTimeOffset at = DateTimeOffset.Parse(row[1], CultureInfo.InvariantCulture);
            Occurrence next = Assert.Single(CadencePreview.Of(new CronCadence(cadence[0].Trim('`'), cadence[1]), default, at.AddSeconds(-1), 1));
            Assert.Equal(at, next.At);
            Assert.Equal(row[2], next.Note);
        }
    }

    private static IEnumerable<string[]> Table(string header) => Lines
        .SkipWhile(line => line != header).Skip(2).TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Refresher.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
