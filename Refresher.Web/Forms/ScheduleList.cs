using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Forms;

/// <summary>The filters of the list of schedules as its address has them; an export takes the same.</summary>
internal static class ScheduleList
{
    /// <param name="search">A part of the key, the name or the description.</param>
    /// <param name="show"><c>enabled</c>, <c>paused</c> or <c>failing</c>; anything else is all of them.</param>
    /// <param name="kind">Empty: every one.</param>
    /// <param name="tag">Empty: any.</param>
    public static ScheduleFilter Filter(string? search, string? show, string? kind, string? tag) => new()
    {
        Search = search?.Trim().Replace("\0", "", StringComparison.Ordinal),
        Kind = NullIfEmpty(kind),
        Tag = NullIfEmpty(tag),
        Enabled = show switch { "enabled" or "failing" => true, "paused" => false, _ => null },
        LastState = show == "failing" ? RunState.Failed : null,
    };

    public static string? NullIfEmpty(string? text) => text is { Length: > 0 } && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
}
