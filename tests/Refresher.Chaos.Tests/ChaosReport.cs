using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Refresher.Chaos.Tests;

/// <summary>What was broken, and what became of the runs: written as Markdown for people and as JSON for programs.</summary>
internal sealed record ChaosReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>Runs accepted.</summary>
    public required int Accepted { get; init; }

    /// <summary>What the accepted runs are recorded as.</summary>
    public required IReadOnlyDictionary<string, long> Recorded { get; init; }

    /// <summary>Parts of the load that PostgreSQL did not answer, and runs recorded of them all the same.</summary>
    public required int PartsRefused { get; init; }

    public required long Unpromised { get; init; }

    public required long RecordedTwice { get; init; }

    /// <summary>Accepted runs that are recorded as succeeded and that the outside world never saw.</summary>
    public required int NeverExecuted { get; init; }

    public required long Occurrences { get; init; }

    /// <summary>Missed occurrences that are written down as such.</summary>
    public required long OccurrencesInGaps { get; init; }

    public required long OccurrencesMissed { get; init; }

    public required long OccurrencesDoubled { get; init; }

    /// <summary>Schedules whose count of active runs is wrong in the end.</summary>
    public required long SchedulesMiscounted { get; init; }

    public required int Limit { get; init; }

    public required int MostAtOnce { get; init; }

    public required long HeldByLimit { get; init; }

    public required long SlotsLeft { get; init; }

    public required IReadOnlyList<Doubled> ExecutedTwice { get; init; }

    public required IReadOnlyList<Break> Broken { get; init; }

    /// <summary>Accepted runs without a record.</summary>
    public long Lost => Accepted - Recorded.Values.Sum();

    public long NotSucceeded => Accepted - Recorded.GetValueOrDefault("succeeded");

    [JsonIgnore]
    public IEnumerable<Doubled> Unexplained => ExecutedTwice.Where(doubled => doubled.Cause is null);

    /// <summary>Writes <c>.refresher/chaos/NAME.md</c> and <c>.json</c> beside it.</summary>
    /// <returns>The path of the former.</returns>
    public string Write(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root(), ".refresher", "chaos"));
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path + ".json", JsonSerializer.Serialize(this, Json));
        File.WriteAllText(path + ".md", ToMarkdown());
        return path + ".md";
    }

    /// <summary>For people.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line($"# What was broken, and what became of it\n\n{From:yyyy-MM-dd HH:mm:ss} to {Until:HH:mm:ss} UTC. An execution is at least once by design; the record of it is exactly once.\n");
        Line("| counted | is | must be |\n| --- | ---: | --- |");
        Row("runs accepted", Accepted);
        Row("runs accepted per second", Math.Round(Accepted / Math.Max(1, (Until - From).TotalSeconds)));
        foreach (var (state, count) in Recorded)
        {
            Row($"recorded as {state}", count, state == "succeeded" ? $"{Accepted}" : "0");
        }

        Row("lost", Lost, "0");
        Row("recorded twice", RecordedTwice, "0");
        Row("succeeded by the record and never executed", NeverExecuted, "0");
        Row("parts of the load not answered while PostgreSQL was away", PartsRefused);
        Row("runs of those parts that were recorded all the same", Unpromised);
        Row("occurrences recorded", Occurrences);
        Row("occurrences written down as missed, with the reason", OccurrencesInGaps);
        Row("occurrences missed without a word", OccurrencesMissed, "0");
        Row("occurrences doubled", OccurrencesDoubled, "0");
        Row("schedules with a wrong count of active runs", SchedulesMiscounted, "0");
        Row("runs that waited for a slot of the limit", HeldByLimit);
        Row("runs under the limit at once, as the called server saw them", MostAtOnce, $"at most {Limit}");
        Row("slots of the limit left in the end", SlotsLeft, "0");
        Row("runs executed more than once", ExecutedTwice.Count);
        Row("of them not explained by what was broken", Unexplained.Count(), "0");
        Line("\n## What was broken\n\n| at | until | what |\n| --- | --- | --- |");
        foreach (var broken in Broken)
        {
            Line($"| {broken.At:HH:mm:ss.fff} | {(broken.Until > broken.At ? $"{broken.Until:HH:mm:ss.fff}" : "")} | {broken.What} |");
        }

        Line("\n## Runs executed more than once, each with its cause\n");
        Line(ExecutedTwice.Count == 0 ? "None." : string.Join('\n', ExecutedTwice.Select(doubled => $"- {doubled}")));
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
        void Row(string name, double value, string must = "") => Line($"| {name} | {value} | {must} |");
    }

    // artifacts/SET/bin/PROJECT/… is below the root, too, but a copy of the tests may be elsewhere.
    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
