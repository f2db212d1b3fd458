using Refresher.Core.Schedules.Calendars;

namespace Refresher.Web.Forms;

/// <summary>A calendar as the texts of its form: rules are lines of one text.</summary>
public sealed record CalendarForm
{
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string TimeZone { get; init; } = "UTC";

    public bool Only { get; init; }

    public string Rules { get; init; } = "";

    public static CalendarForm From(Calendar calendar) => new()
    {
        Name = calendar.Name,
        Description = calendar.Description,
        TimeZone = calendar.TimeZone,
        Only = calendar.Only,
        Rules = string.Join('\n', calendar.Rules),
    };

    public static CalendarForm Sent(IFormCollection sent) => new()
    {
        Name = sent["name"].ToString().Trim(),
        Description = sent["description"].ToString().Trim().ReplaceLineEndings("\n"),
        TimeZone = sent["timeZone"].ToString().Trim(),
        Only = sent["only"] == "true",
        Rules = sent["rules"].ToString().ReplaceLineEndings("\n"),
    };

    /// <summary>Empty lines are left out.</summary>
    public CalendarInput ToInput() => new()
    {
        Name = Name,
        Description = Description,
        TimeZone = TimeZone.Length == 0 ? null : TimeZone,
        Only = Only,
        Rules = Rules.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };
}
