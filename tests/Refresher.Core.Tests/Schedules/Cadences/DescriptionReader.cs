using System.Globalization;
using System.Text.RegularExpressions;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>Understands the English of cron descriptions as a person would, knowing nothing of cron.</summary>
internal sealed partial class DescriptionReader
{
    private static readonly string[] Months = [.. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames.Take(12)];
    private static readonly string[] Days = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;
    private static readonly string[] Nth = ["first", "second", "third", "fourth", "fifth"];

    private readonly List<Func<DateOnly, bool>> _either = [], _onlyIf = [];
    private readonly Queue<string> _words;
    private Func<DateOnly, bool> _months = _ => true;

    private DescriptionReader(string days) =>
        _words = new Queue<string>(days.Replace(",", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("and" or "or")));

    public HashSet<int> Times { get; private init; } = [];

    public static DescriptionReader Read(string description)
    {
        string text = ZoneAtEnd().Replace(description, "");
        Match match = TimePart().Match(text);
        string times = match.Value.TrimEnd();
        DescriptionReader reader = new(text[match.Length..]) { Times = ReadTimes(times) };
        reader.ReadDays();
        return reader;
    }

    public bool Matches(DateOnly day) =>
        _months(day) && (_either.Count == 0 || _either.Exists(part => part(day))) && (_onlyIf.Count == 0 || _onlyIf.Exists(part => part(day)));

    private static HashSet<int> ReadTimes(string text)
    {
        if (text.StartsWith("At ", StringComparison.Ordinal) && text.Contains(':', StringComparison.Ordinal))
        {
            return [.. ClockTime().Matches(text).Select(time => Clock(time.Value))];
        }

        text = text.Replace("Every second of minute", "At every second of minute", StringComparison.Ordinal);
        if (Fields().Match(text) is { Success: true } fields)
        {
            int[] seconds = fields.Groups["seconds"].Success ? Numbers(fields.Groups["seconds"].Value, 60) : [0];
            return [.. from hour in Numbers(fields.Groups["hours"].Value, 24)
                       from minute in Numbers(fields.Groups["minutes"].Value, 60)
                       from second in seconds
                       select (hour * 3600) + (minute * 60) + second];
        }

        Match every = Every().Match(text);
        Assert.True(every.Success, $"not understood: {text}");
        int step = (every.Groups["count"].Success ? Number(every.Groups["count"].Value) : 1)
            * every.Groups["unit"].Value switch { "hour" => 3600, "minute" => 60, _ => 1 };
        string rest = text[every.Length..].Trim();
        if (rest.Length == 0)
        {
            return Steps(0, 86_399, step);
        }

        if (AtMinute().Match(rest) is { Success: true } at)
        {
            int first = at.Groups["minute"].Success ? Number(at.Groups["minute"].Value) * 60 : 0;
            return Steps(first + (at.Groups["second"].Success ? Number(at.Groups["second"].Value) : 0), 86_399, step);
        }

        if (OfHours().Match(rest) is { Success: true } of)
        {
            int first = of.Groups["first"].Success ? MinuteSecond(of.Groups["first"].Value) : 0;
            int last = of.Groups["last"].Success ? MinuteSecond(of.Groups["last"].Value) : 3599;
            return [.. Numbers(of.Groups["hours"].Value, 24).SelectMany(hour => Steps((hour * 3600) + first, (hour * 3600) + last, step))];
        }

        HashSet<int> times = [];
        foreach (Match stretch in Stretch().Matches(rest))
        {
            int from = Clock(stretch.Groups["from"].Value), to = stretch.Groups["to"].Success ? Clock(stretch.Groups["to"].Value) : from;
            times.UnionWith(to >= from ? Steps(from, to, step) : [.. Steps(from, 86_399, step), .. Steps(from - 86_400, to, step).Where(time => time >= 0)]);
        }

        return times;
    }

    private void ReadDays()
    {
        bool only = false;
        while (_words.TryDequeue(out string? word))
        {
            switch (word)
            {
                case "in":
                    HashSet<int> months = MonthList();
                    _months = day => months.Contains(day.Month);
                    break;
                case "from" when Months.Contains(_words.Peek()):
                    (int firstMonth, int lastMonth) = (Month(_words.Dequeue()), To(Month));
                    _months = day => Within(day.Month, firstMonth, lastMonth);
                    break;
                case "from" when _words.Peek() == "the":
                    _words.Dequeue();
                    (int first, int last) = (Number(_words.Dequeue()[..^2]), To(ordinal => Number(ordinal[..^2])));
                    Func<DateOnly, bool> inMonths = OfMonth();
                    _either.Add(day => inMonths(day) && day.Day >= first && day.Day <= last);
                    break;
                case "from":
                    (int firstDay, int lastDay) = (Day(_words.Dequeue()), To(Day));
                    _either.Add(day => Within((int)day.DayOfWeek, firstDay, lastDay));
                    break;
                case "if":
                    only = true;
                    Assert.Equal(["it", "is"], [_words.Dequeue(), _words.Dequeue()]);
                    break;
                case "every" when _words.Peek() == "day":
                    _words.Dequeue();
                    break;
                case "on":
                    break;
                default:
                    (only ? _onlyIf : _either).Add(Phrase(word));
                    break;
            }
        }
    }

    private Func<DateOnly, bool> Phrase(string word)
    {
        switch (word)
        {
            case "weekdays":
                return IsWeekday;
            case "weekends":
                return day => !IsWeekday(day);
            case "every" or "a":
                return Phrase(_words.Dequeue());
            case "weekday":
                return IsWeekday;
            case "the" or "to":
                return word == "to" ? Phrase(_words.Dequeue()) : ThePhrase();
            default:
                int weekDay = Day(word);
                return day => (int)day.DayOfWeek == weekDay;
        }
    }

    private Func<DateOnly, bool> ThePhrase()
    {
        string word = _words.Dequeue();
        if (word == "weekday")
        {
            Assert.Equal(["nearest", "to"], [_words.Dequeue(), _words.Dequeue()]);
            List<int> wanted = [];
            while (_words.Peek() is "the" or "to")
            {
                word = _words.Dequeue();
                wanted.AddRange(word == "to" ? [] : [Number(_words.Dequeue()[..^2])]);
            }

            Func<DateOnly, bool> near = OfMonth();
            return day => near(day) && wanted.Exists(number => Nearest(number, day) == day.Day);
        }

        if (word == "day" || _words.Peek() == "day")
        {
            int before = word == "day" ? 1 : word == "last" ? 0 : Number(word[..^2]);
            while (_words.Peek() != "of")
            {
                _words.Dequeue();
            }

            Func<DateOnly, bool> inMonths = OfMonth();
            return day => inMonths(day) && day.Day == Length(day) - before;
        }

        if (char.IsDigit(word[0]))
        {
            return Ordinals(word);
        }

        string which = _words.Dequeue();
        Func<DateOnly, bool> months = OfMonth();
        if (which == "weekday")
        {
            return day => months(day) && Nearest(Length(day), day) == day.Day;
        }

        int weekDay = Day(which), nth = Array.IndexOf(Nth, word);
        return day => months(day) && (int)day.DayOfWeek == weekDay && (nth < 0 ? day.AddDays(7).Month != day.Month : (day.Day - 1) / 7 == nth);
    }

    private Func<DateOnly, bool> Ordinals(string first)
    {
        HashSet<int> days = [Number(first[..^2])];
        int previous = Number(first[..^2]);
        while (_words.Peek() != "of")
        {
            string word = _words.Dequeue();
            bool range = word == "to";
            int value = Number((range ? _words.Dequeue() : word)[..^2]);
            days.UnionWith(range ? Enumerable.Range(previous, value - previous + 1) : [value]);
            previous = value;
        }

        Func<DateOnly, bool> months = OfMonth();
        return day => months(day) && days.Contains(day.Day);
    }

    private Func<DateOnly, bool> OfMonth()
    {
        Assert.Equal("of", _words.Dequeue());
        if (_words.Peek() == "the")
        {
            Assert.Equal(["the", "month"], [_words.Dequeue(), _words.Dequeue()]);
            return _ => true;
        }

        HashSet<int> months = MonthList();
        return day => months.Contains(day.Month);
    }

    private HashSet<int> MonthList()
    {
        HashSet<int> months = [];
        while (_words.TryPeek(out string? word) && Months.Contains(word))
        {
            months.Add(Month(_words.Dequeue()));
        }

        return months;
    }

    private int To(Func<string, int> value)
    {
        Assert.Equal("to", _words.Dequeue());
        string word = _words.Dequeue();
        return value(word == "the" ? _words.Dequeue() : word);
    }

    private static int Nearest(int wanted, DateOnly month) => wanted > Length(month) ? 0 : Enumerable.Range(1, Length(month))
        .Where(day => IsWeekday(new DateOnly(month.Year, month.Month, day))).MinBy(day => Math.Abs(day - wanted));

    private static bool IsWeekday(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static bool Within(int value, int first, int last) => first <= last ? value >= first && value <= last : value >= first || value <= last;

    private static int Length(DateOnly day) => DateTime.DaysInMonth(day.Year, day.Month);

    private static int Month(string name) => Array.IndexOf(Months, name) is >= 0 and var month ? month + 1 : throw new FormatException(name);

    private static int Day(string name) => Array.IndexOf(Days, name) is >= 0 and var day ? day : throw new FormatException(name);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Clock(string text) => (int)TimeOnly.Parse(text, CultureInfo.InvariantCulture).ToTimeSpan().TotalSeconds;

    private static int MinuteSecond(string text)
    {
        int[] numbers = [.. Digits().Matches(text).Select(number => Number(number.Value))];
        return (numbers[0] * 60) + (numbers.Length > 1 ? numbers[1] : 0);
    }

    private static int[] Numbers(string text, int all) => text.Contains("every", StringComparison.Ordinal)
        ? [.. Enumerable.Range(0, all)]
        : [.. NumberRange().Matches(text).SelectMany(range =>
            Enumerable.Range(Number(range.Groups[1].Value), (range.Groups[2].Success ? Number(range.Groups[2].Value) : Number(range.Groups[1].Value)) - Number(range.Groups[1].Value) + 1))];

    private static HashSet<int> Steps(int from, int to, int step) => [.. Enumerable.Range(0, ((to - from) / step) + 1).Select(i => from + (i * step))];

    [GeneratedRegex(", [A-Z][A-Za-z]+/[A-Za-z_]+$")]
    private static partial Regex ZoneAtEnd();

    /// <summary>Up to where the days begin.</summary>
    [GeneratedRegex("^.*?(?= every day| on |,? in | from the | from [A-Z]|$)")]
    private static partial Regex TimePart();

    [GeneratedRegex(@"\d\d:\d\d(:\d\d)?")]
    private static partial Regex ClockTime();

    [GeneratedRegex("^At ((?<seconds>(every second|seconds?[ 0-9,a-z]*?)) of )?(?<minutes>every minute|minutes? [ 0-9,a-z]*?) of (?<hours>every hour|hours? [ 0-9,a-z]*)$")]
    private static partial Regex Fields();

    [GeneratedRegex("^Every ((?<count>[0-9]+) )?(?<unit>hour|minute|second)s?")]
    private static partial Regex Every();

    [GeneratedRegex("^at (minute (?<minute>[0-9]+))?(, )?(second (?<second>[0-9]+))?$")]
    private static partial Regex AtMinute();

    [GeneratedRegex("^(from (?<first>minute .*?) to (?<last>minute .*?) )?of (?<hours>hours? .*)$")]
    private static partial Regex OfHours();

    [GeneratedRegex(@"(from|at) (?<from>[0-9:]+)( to (?<to>[0-9:]+))?")]
    private static partial Regex Stretch();

    [GeneratedRegex(@"([0-9]+)(?: to ([0-9]+))?")]
    private static partial Regex NumberRange();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
