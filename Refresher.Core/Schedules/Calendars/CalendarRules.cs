using System.Globalization;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>What a calendar excludes: instants that any of its rules covers or, turned round, that none covers.</summary>
public sealed class CalendarRules
{
    private readonly TimeZoneInfo _zone;
    private readonly bool _only;
    private readonly IReadOnlyList<CalendarRule> _rules;

    internal CalendarRules(TimeZoneInfo zone, bool only, IReadOnlyList<CalendarRule> rules) => (_zone, _only, _rules) = (zone, only, rules);

    /// <summary>The rules of a stored calendar, which were right when it was stored.</summary>
    /// <exception cref="InvalidOperationException">They are not: this machine does not know its time zone, for example.</exception>
    public static CalendarRules Of(Calendar calendar)
    {
        var errors = new FieldErrors();
        return CalendarReader.Read(calendar.TimeZone, calendar.Only, calendar.Rules, errors)
            ?? throw new InvalidOperationException($"The calendar '{calendar.Name}' cannot be read: {errors}");
    }

    /// <summary>Reads rules that somebody gave.</summary>
    /// <param name="timeZone">An IANA name; null: UTC.</param>
    /// <returns>Null with at least one error.</returns>
    public static CalendarRules? Read(string? timeZone, bool only, IReadOnlyList<string> rules, FieldErrors errors) =>
        CalendarReader.Read(timeZone ?? "UTC", only, rules, errors);

    /// <summary>True when nothing that refers to the calendar runs at that instant.</summary>
    public bool Covers(DateTimeOffset at) => Why(at) is not null;

    /// <summary>What excludes that instant, in words; null when nothing does.</summary>
    public string? Why(DateTimeOffset at) => Why(TimeZoneInfo.ConvertTime(at, _zone).DateTime);

    /// <summary>The stretches of a day on the calendar's clocks, in order and without a hole between them.</summary>
    public IReadOnlyList<CalendarStretch> Day(DateOnly day)
    {
        SortedSet<int> edges = [0, .. _rules.SelectMany(rule => rule.Hours).SelectMany(window => new[] { window.From, window.To })];
        edges.Remove(1440);
        List<CalendarStretch> stretches = [];
        foreach (var edge in edges)
        {
            var why = Why(day.ToDateTime(TimeOnly.MinValue).AddMinutes(edge), isOfWholeStretch: true);
            if (stretches.Count == 0 || stretches[^1].Why != why)
            {
                stretches.Add(new CalendarStretch(edge, 1440, why));
                if (stretches.Count > 1)
                {
                    stretches[^2] = stretches[^2] with { To = edge };
                }
            }
        }

        return stretches;
    }

    private string? Why(DateTime local, bool isOfWholeStretch = false)
    {
        var rule = _rules.FirstOrDefault(rule => rule.Covers(local));
        return !_only ? rule?.Words
            : rule is not null ? null
            : isOfWholeStretch ? "outside its times"
            : $"{local.ToString("dddd HH:mm", CultureInfo.InvariantCulture)} is outside its times";
    }
}

/// <summary>A part of a day, in minutes since midnight on the clocks.</summary>
/// <param name="Why">What excludes it, in words; null when schedules run then.</param>
public sealed record CalendarStretch(int From, int To, string? Why)
{
    /// <summary>Like <c>22:00</c>.</summary>
    public string FromText => HourWindow.Clock(From);

    /// <summary>Up to <c>24:00</c>.</summary>
    public string ToText => HourWindow.Clock(To);
}
