using Refresher.Core.Schedules;

namespace Refresher.Api.Schedules;

/// <summary>Which schedules to list.</summary>
internal sealed record ScheduleListQuery(ScheduleFilter Filter, string? After, int Limit) : IQuery<ScheduleListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("search", "A part of the key, the name or the description, in any case."),
        new("kind", "Of this kind."),
        new("tag", "With this tag."),
        new("enabled", "true or false."),
    ];

    public static ScheduleListQuery Read(QueryReader query) => new(
        new ScheduleFilter { Search = query.Text("search"), Kind = query.Text("kind"), Tag = query.Text("tag"), Enabled = query.Flag("enabled") },
        Cursor(query),
        query.Limit());

    /// <summary>Lists go by key, so their cursor is one.</summary>
    private static string? Cursor(QueryReader query) =>
        query.Text("after") is not { } key ? null
        : key.Length is > 0 and <= 100 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? key
        : query.Wrong<string>("after", "what a page gave as next");
}
