using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>All calendars as they were at one moment, ready to be asked.</summary>
public sealed class CalendarSet
{
    private readonly Dictionary<string, CalendarRules> _calendars;

    public CalendarSet(IEnumerable<Calendar> calendars) =>
        _calendars = calendars.ToDictionary(calendar => calendar.Name, CalendarRules.Of, StringComparer.Ordinal);

    public static CalendarSet None { get; } = new([]);

    public bool Has(string name) => _calendars.ContainsKey(name);

    /// <summary>Why a schedule with these calendars does not run at that due time, as a run's reason; null when it does.</summary>
    /// <param name="calendars">Names; one that is not there excludes nothing.</param>
    public string? Refusal(IReadOnlyList<string> calendars, DateTimeOffset dueAt)
    {
        foreach (var name in calendars)
        {
            if (_calendars.TryGetValue(name, out var rules) && rules.Why(dueAt) is { } why)
            {
                return $"blackout: calendar '{name}' ({why})";
            }
        }

        return null;
    }

    /// <summary>The occurrence with a note that it is skipped, where a calendar excludes it.</summary>
    /// <param name="calendars">Names, as for <see cref="Refusal"/>.</param>
    public Occurrence Noted(Occurrence occurrence, IReadOnlyList<string> calendars) =>
        Refusal(calendars, occurrence.At) is not { } refusal ? occurrence
        : occurrence with { Note = occurrence.Note is null ? $"skipped, {refusal}" : $"skipped, {refusal}; {occurrence.Note}" };
}
