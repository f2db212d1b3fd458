using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>Thousands of rows whose expected values were found without the program; <c>cron-table.py</c> writes them.</summary>
public sealed class CronTableTests
{
    private static readonly CadenceContext Context = new(DateTimeOffset.UnixEpoch);

    private static readonly Lazy<Dictionary<string, string[]>> Groups = new(ReadGroups);

    public static TheoryData<string> Names => [.. Groups.Value.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_row_of_the_table_holds(string group)
    {
        string[] header = group.Split(' ');
        (DateTimeOffset from, DateTimeOffset to) = (At(header[1]), At(header[2]));
        List<string> wrong = [];
        foreach (string row in Groups.Value[group])
        {
            if (WhatIsWrong(row, header[0], from, to) is { } what)
            {
                wrong.Add($"{row}\n    {what}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Groups.Value[group].Length} rows:\n{string.Join('\n', wrong.Take(10))}");
    }

    [Fact]
    public void The_table_has_thousands_of_rows() => Assert.True(Groups.Value.Values.Sum(rows => rows.Length) > 5000);

    private static string? WhatIsWrong(string row, string zone, DateTimeOffset from, DateTimeOffset to)
    {
        string[] parts = row.Split('|', StringSplitOptions.TrimEntries);
        int count = int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (!CronExpression.TryParse(parts[0], out _, out CronError? error))
        {
            return count == 0 && error.Message.Contains("never occurs", StringComparison.Ordinal) ? null : error.Message;
        }

        CronCadence cadence = new(parts[0], zone);
        string[] shown = parts[2].Split('…', StringSplitOptions.TrimEntries);
        DateTimeOffset[] expected = [.. shown[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(At)];
        DateTimeOffset? before = null;
        DateTimeOffset moment = from;
        for (int i = 0; i < expected.Length; i++)
        {
            DateTimeOffset? next = cadence.Next(moment, Context);
            if (next != expected[i])
            {
                return $"after {moment:u} comes {next:u}, not {expected[i]:u}";
            }

            DateTimeOffset? at = cadence.LatestAtOrBefore(expected[i], Context), earlier = cadence.LatestAtOrBefore(expected[i].AddTicks(-1), Context);
            if (at != expected[i] || (before is not null && earlier != before))
            {
                return $"at or before {expected[i]:u} is {at:u}, before it {earlier:u}";
            }

            if (cadence.CountBetween(from, expected[i], Context) != i + 1)
            {
                return $"{cadence.CountBetween(from, expected[i], Context)} are counted up to {expected[i]:u}";
            }

            before = moment = expected[i];
        }

        DateTimeOffset? last = shown.Length == 2 ? At(shown[1]) : before;
        DateTimeOffset? latest = cadence.LatestAtOrBefore(to, Context);
        return cadence.CountBetween(from, to, Context) != count ? $"{cadence.CountBetween(from, to, Context)} are counted"
            : last is null ? (latest > from ? $"the latest is {latest:u}" : null)
            : latest != last ? $"the latest is {latest:u}"
            : cadence.Next(last.Value, Context) <= to ? $"{cadence.Next(last.Value, Context):u} comes after the last" : null;
    }

    private static Dictionary<string, string[]> ReadGroups()
    {
        using StreamReader reader = new(typeof(CronTableTests).Assembly.GetManifestResourceStream("cron-table.txt")!);
        return reader.ReadToEnd().Split('@', 2)[1].Split("\n@ ")
            .Select(group => group.Trim().Split('\n'))
            .ToDictionary(lines => lines[0], lines => lines.Skip(1).Where(line => line.Contains('|', StringComparison.Ordinal)).ToArray());
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
