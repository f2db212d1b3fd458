using System.ComponentModel.DataAnnotations;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>A calendar as people and programs give it.</summary>
public sealed record CalendarInput
{
    [Required(ErrorMessage = "name is needed: lower-case words joined by hyphens, like public-holidays.")]
    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "name: lower-case letters, digits and single hyphens only, like public-holidays.")]
    [StringLength(100, ErrorMessage = "name: at most 100 characters.")]
    public string? Name { get; init; }

    [StringLength(2000, ErrorMessage = "description: at most 2000 characters.")]
    public string? Description { get; init; }

    /// <summary>An IANA name; null: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>True: schedules run only at the times of the rules. Null: false.</summary>
    public bool? Only { get; init; }

    /// <summary>1 to 1000 lines: days, weekdays and hours, each of which may be left out, and a note: <c>12-24..12-26 # Christmas</c>.</summary>
    public string[]? Rules { get; init; }
}

/// <summary>Checks a calendar's input field by field.</summary>
internal static class CalendarReader
{
    private const int MostRules = 1000;

    public static CalendarRules? Read(CalendarInput input, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        if (input.Description?.Contains('\0', StringComparison.Ordinal) is true)
        {
            errors.Add("description", "description: the character NUL (\\u0000) cannot be stored.");
        }

        var rules = Read(input.TimeZone ?? "UTC", input.Only is true, input.Rules ?? [], errors);
        return errors.Count == 0 ? rules : null;
    }

    /// <returns>Null with at least one error.</returns>
    public static CalendarRules? Read(string timeZone, bool only, IReadOnlyList<string?> lines, FieldErrors errors)
    {
        if (!TimeZones.TryFind(timeZone, out var zone))
        {
            errors.Add("timeZone", TimeZones.WhatIsRight(timeZone));
        }

        if (lines.Count is 0 or > MostRules)
        {
            errors.Add("rules", $"rules: 1 to {MostRules} lines like \"12-24..12-26 # Christmas\", \"sat,sun\" or \"mon-fri 22:00-06:00\".");
        }

        var rules = new List<CalendarRule>(lines.Count);
        for (var i = 0; i < Math.Min(lines.Count, MostRules); i++)
        {
            if (CalendarRuleReader.Read(lines[i] ?? "", out var wrong) is { } rule)
            {
                rules.Add(rule);
            }
            else
            {
                errors.Add($"rules[{i}]", wrong!);
            }
        }

        return errors.Count == 0 ? new CalendarRules(zone!, only, rules) : null;
    }
}
