using System.Diagnostics;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>Expressions nobody would write, from fixed seeds: none crashes, hangs, or disagrees with a walk over every second.</summary>
public sealed class CronFuzzTests
{
    private const string Alphabet = "0123456789*/-,?LW#@ \tabcJANsunMonFRI.=+_\0é½";

    private static readonly CadenceContext Context = new(DateTimeOffset.UnixEpoch);

    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia",
        "Pacific/Chatham", "Antarctica/Troll", "Africa/Casablanca", "America/Havana", "Asia/Kathmandu",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_text_crashes_the_parser(int seed)
    {
        Random random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string text = i % 2 == 0 ? Noise(random) : Broken(random);
            if (CronExpression.TryParse(text, out CronExpression? cron, out CronError? error))
            {
                read++;
                Assert.NotEqual(CronExpression.Never, cron.NextLocal(0));
                continue;
            }

            Assert.InRange(error.Position, 0, text.Length);
            Assert.StartsWith("cron", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, 20, 900);
        }

        Assert.True(read > 100, $"only {read} were read");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void A_random_expression_agrees_with_a_walk_over_every_second(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 60; i++)
        {
            CronCadence cadence = new(Expression(random), Zones[random.Next(Zones.Length)]);
            if (!CronExpression.TryParse(cadence.Cron, out _, out _))
            {
                continue;
            }

            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(cadence.TimeZone!);
            DateTimeOffset from = ChangeNear(zone, random).AddSeconds(-random.Next(20_000)), to = from.AddSeconds(20_000 + random.Next(20_000));
            List<DateTimeOffset> expected = Walk(cadence.Expression, zone, from, to);
            List<DateTimeOffset> found = [];
            for (DateTimeOffset? next = cadence.Next(from, Context); next <= to; next = cadence.Next(next.Value, Context))
            {
                found.Add(next.Value);
            }

            string about = $"{cadence.Cron} in {cadence.TimeZone} from {from:u} to {to:u}";
            Assert.True(expected.SequenceEqual(found), $"{about}: {expected.Count} expected, {found.Count} found; first apart: {expected.Except(found).Concat(found.Except(expected)).Append(DateTimeOffset.MaxValue).Min():u}");
            Assert.True(expected.Count == cadence.CountBetween(from, to, Context), about);
            DateTimeOffset? latest = cadence.LatestAtOrBefore(to, Context);
            Assert.True(expected.Count == 0 ? latest is null || latest <= from : latest == expected[^1], about);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Counting_steps_nothing_and_agrees_with_stepping(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 2_000; i++)
        {
            CronCadence cadence = new(Expression(random), Zones[random.Next(Zones.Length)]);
            if (!CronExpression.TryParse(cadence.Cron, out _, out _))
            {
                continue;
            }

            DateTimeOffset at = DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(4_000_000_000)), end = at;
            for (int step = 1; step <= 20 && cadence.Next(end, Context) is { } next; step++)
            {
                string about = $"{cadence.Cron} in {cadence.TimeZone} after {at:u}: occurrence {step} at {next:u}";
                Assert.True(next > end, about);
                Assert.True(cadence.CountBetween(at, next, Context) == step, about);
                Assert.True(cadence.CountBetween(at, next.AddTicks(-1), Context) == step - 1, about);
                Assert.True(cadence.LatestAtOrBefore(next, Context) == next, about);
                Assert.True(step == 1 || cadence.LatestAtOrBefore(next.AddTicks(-1), Context) == end, about);
                end = next;
            }
        }
    }

    [Fact]
    public void Nothing_loops_over_a_year_or_a_century()
    {
        CronCadence everySecond = new("* * * * * *", "Europe/Berlin"), rare = new("0 0 * 2 1#5", "Europe/Berlin");
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 10_000; i++)
        {
            // 365 days of seconds: a loop over them would take hours here.
            Assert.Equal(365 * 86_400L, everySecond.CountBetween(from.AddSeconds(i), from.AddDays(365).AddSeconds(i), Context));
            Assert.NotNull(rare.Next(from.AddYears(50).AddHours(i), Context));
            Assert.NotNull(rare.LatestAtOrBefore(from.AddYears(100).AddHours(i), Context));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void The_ends_of_time_are_no_trouble()
    {
        foreach (string zone in Zones)
        {
            CronCadence cadence = new("* * * * * *", zone);
            Assert.NotNull(cadence.Next(DateTimeOffset.MinValue, Context));
            Assert.Null(cadence.Next(DateTimeOffset.MaxValue, Context));
            Assert.Null(cadence.LatestAtOrBefore(DateTimeOffset.MinValue, Context));
            Assert.NotNull(cadence.LatestAtOrBefore(DateTimeOffset.MaxValue, Context));
            Assert.Equal(0, cadence.CountBetween(DateTimeOffset.MaxValue, DateTimeOffset.MinValue, Context));
        }
    }

    /// <summary>The rule itself, second by second: a time the clock shows, or has jumped over.</summary>
    private static List<DateTimeOffset> Walk(CronExpression cron, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
    {
        List<DateTimeOffset> found = [];
        DateTime? reached = null;
        for (DateTimeOffset at = from.AddSeconds(-90_000); at <= to; at = at.AddSeconds(1))
        {
            DateTime local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
            bool due = Matches(cron, local) && (cron.IsIntervalLike || reached is null || local >= reached);
            for (DateTime skipped = reached ?? local; !due && skipped < local; skipped = skipped.AddSeconds(1))
            {
                due = Matches(cron, skipped);
            }

            if (due && at > from)
            {
                found.Add(at);
            }

            reached = reached > local ? reached : local.AddSeconds(1);
        }

        return found;
    }

    private static bool Matches(CronExpression cron, DateTime local) =>
        (cron.Fields.Seconds & (1UL << local.Second)) != 0 && (cron.Fields.Minutes & (1UL << local.Minute)) != 0
        && (cron.Fields.Hours & (1u << local.Hour)) != 0 && (cron.DaysOf(local.Year, local.Month) & (1u << local.Day)) != 0;

    /// <summary>An instant at which the zone's offset changes between 1990 and 2036, or any when it never does.</summary>
    private static DateTimeOffset ChangeNear(TimeZoneInfo zone, Random random)
    {
        DateTimeOffset at = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(46 * 365 * 1440));
        for (int hours = 0; hours < 3 * 366 * 24; hours++)
        {
            if (zone.GetUtcOffset(at.AddHours(hours)) != zone.GetUtcOffset(at.AddHours(hours + 1)))
            {
                return at.AddHours(hours);
            }
        }

        return at;
    }

    private static string Noise(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    /// <summary>A good expression with a few characters changed, removed or added.</summary>
    private static string Broken(Random random)
    {
        List<char> text = [.. Expression(random)];
        for (int edits = random.Next(4); edits > 0 && text.Count > 0; edits--)
        {
            int at = random.Next(text.Count);
            switch (random.Next(3))
            {
                case 0:
                    text[at] = Alphabet[random.Next(Alphabet.Length)];
                    break;
                case 1:
                    text.RemoveAt(at);
                    break;
                default:
                    text.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
            }
        }

        return string.Concat(text);
    }

    internal static string Expression(Random random)
    {
        string day = random.Next(8) switch { 0 => "L", 1 => $"L-{random.Next(1, 12)}", 2 => "LW", 3 => $"{random.Next(1, 32)}W", 4 or 5 => "*", _ => Field(random, 1, 31) };
        string week = random.Next(6) switch { 0 => $"{random.Next(8)}L", 1 => $"{random.Next(8)}#{random.Next(1, 6)}", 2 or 3 => "*", _ => Field(random, 0, 7) };
        string seconds = random.Next(3) == 0 ? Field(random, 0, 59) + " " : "";
        return $"{seconds}{Field(random, 0, 59)} {Field(random, 0, 23)} {day} {(random.Next(2) == 0 ? "*" : Field(random, 1, 12))} {week}";
    }

    private static string Field(Random random, int first, int last)
    {
        return random.Next(7) switch
        {
            0 or 1 => "*",
            2 => $"*/{random.Next(1, last)}",
            3 => $"{Value()}-{Value()}",
            4 => $"{Value()}-{Value()}/{random.Next(1, 5)}",
            5 => $"{Value()},{Value()}-{Value()},{Value()}",
            _ => $"{Value()}",
        };

        int Value() => random.Next(first, last + 1);
    }
}
