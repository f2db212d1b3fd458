using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>Descriptions are read back as English and must mean exactly what the expression matches.</summary>
public sealed class CronDescriptionTruthTests
{
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void The_words_mean_what_the_expression_does(int seed)
    {
        Random random = new(seed);
        int checkedOnes = 0;
        for (int i = 0; i < 400; i++)
        {
            string text = i % 2 == 0 ? CronFuzzTests.Expression(random) : Likely(random);
            if (!CronExpression.TryParse(text, out CronExpression? cron, out _))
            {
                continue;
            }

            string words = CadenceDescription.Describe(new CronCadence(text, "Europe/Berlin"));
            DescriptionReader read = DescriptionReader.Read(words);
            string about = $"{text}: {words}";
            Assert.True(Times(cron).SetEquals(read.Times), about);
            for (DateOnly day = new(2027, 12, 1); day.Year < 2031; day = day.AddDays(1))
            {
                bool matches = (cron.DaysOf(day.Year, day.Month) & (1u << day.Day)) != 0;
                Assert.True(matches == read.Matches(day), $"{about} on {day:O} is {matches}");
            }

            checkedOnes++;
        }

        Assert.True(checkedOnes > 300, $"only {checkedOnes} were valid");
    }

    [Theory]
    [InlineData("Every 5 minutes from 09:00 to 17:55 on weekdays", 108, "2026-11-23", true)]
    [InlineData("At 02:30 on weekdays, Europe/Berlin", 1, "2026-11-22", false)]
    [InlineData("At 00:00 on the last Friday of the month", 1, "2026-11-27", true)]
    public void The_reader_of_the_words_can_tell_right_from_wrong(string words, int times, string day, bool matches)
    {
        DescriptionReader read = DescriptionReader.Read(words);

        Assert.Equal(times, read.Times.Count);
        Assert.Equal(matches, read.Matches(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static HashSet<int> Times(CronExpression cron) =>
    [
        .. from hour in Enumerable.Range(0, 24)
           where (cron.Fields.Hours & (1u << hour)) != 0
           from minute in Enumerable.Range(0, 60)
           where (cron.Fields.Minutes & (1UL << minute)) != 0
           from second in Enumerable.Range(0, 60)
           where (cron.Fields.Seconds & (1UL << second)) != 0
           select (hour * 3600) + (minute * 60) + second,
    ];

    /// <summary>Nearer to what people write than the fuzz.</summary>
    private static string Likely(Random random)
    {
        string[] minutes = ["0", "30", "*", "*/5", "*/15", "*/7", "5/20", "0,30", "10-20", "1,17,40"];
        string[] hours = ["*", "2", "9-17", "22-2", "*/2", "*/5", "0,12", "9,11,13", "8-11,14-17", "0,2,4,6,21"];
        string[] days = ["*", "*", "1", "15W", "L", "L-2", "LW", "1,15", "1-7", "*/2", "1-5,10,L", "?", "1-31"];
        string[] months = ["*", "*", "2", "1,4,7,10", "3-6", "11-2", "*/2", "1,2"];
        string[] weekDays = ["*", "*", "1-5", "6,0", "1", "1,3,5", "5-1", "5L", "1#2", "MON#1,FRI#3,2L", "*/2", "1-4", "0-7", "1-5,6L"];
        string[] seconds = ["", "", "", "", "0 ", "15 ", "* ", "*/10 ", "5,50 "];
        return $"{Any(seconds)}{Any(minutes)} {Any(hours)} {Any(days)} {Any(months)} {Any(weekDays)}";

        string Any(string[] choices) => choices[random.Next(choices.Length)];
    }
}
