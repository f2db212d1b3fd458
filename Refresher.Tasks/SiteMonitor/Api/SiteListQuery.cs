using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>Which sites to list.</summary>
internal sealed record SiteListQuery(SiteFilter Filter, string? After, int Limit) : IQuery<SiteListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("search", "A part of the key, the name, the description or the target, in any case."),
        new("tag", "With this tag."),
        new("group", "Of this group."),
        new("state", "How it stands: up, degraded, down, unknown, pending or paused."),
    ];

    public static SiteListQuery Read(QueryReader query) => new(
        new SiteFilter { Search = query.Text("search"), Tag = query.Text("tag"), Group = query.Text("group"), Status = query.Word<SiteStatus>("state") },
        Cursor(query),
        query.Limit());

    private static string? Cursor(QueryReader query) =>
        query.Text("after") is not { } key ? null
        : key.Length is > 0 and <= 100 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? key
        : query.Wrong<string>("after", "what a page gave as next");
}

/// <summary>Which checks of a site to list.</summary>
internal sealed record CheckListQuery(CheckFilter Filter, CheckCursor? After, int Limit) : IQuery<CheckListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("status", "What it found: up, degraded, down or unknown."),
        new("from", "Made at or after this instant."),
        new("to", "Made before this instant."),
    ];

    public static CheckListQuery Read(QueryReader query) => new(
        new CheckFilter { Status = query.Word<CheckStatus>("status"), From = query.Instant("from"), To = query.Instant("to") },
        query.Text("after") is { } after ? CheckCursor.Parse(after) ?? query.Wrong<CheckCursor?>("after", "what a page gave as next") : null,
        query.Limit());
}

/// <summary>Over which hours or days a site's figures are wanted.</summary>
internal sealed record SeriesQuery(RollupStep Step, DateTimeOffset? From, DateTimeOffset? To) : IQuery<SeriesQuery>
{
    /// <summary>Steps that one answer has at most.</summary>
    public const int Most = 2000;

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("step", "hour or day; day when it is not said."),
        new("from", "The first hour or day; 90 days or 48 hours ago when it is not said."),
        new("to", "Before this instant; now when it is not said."),
    ];

    public static SeriesQuery Read(QueryReader query)
    {
        var read = new SeriesQuery(query.Word<RollupStep>("step") ?? RollupStep.Day, query.Instant("from"), query.Instant("to"));
        if (read is { From: { } from, To: { } to } && (to <= from || to - from > Most * read.Length))
        {
            query.Wrong<DateTimeOffset?>("to", $"after from, and at most {Most} steps later");
        }

        return read;
    }

    public TimeSpan Length => Step == RollupStep.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
}

/// <summary>Which incidents to list.</summary>
/// <param name="Site">Id or key.</param>
internal sealed record IncidentListQuery(IncidentFilter Filter, string? Site, Guid? After, int Limit) : IQuery<IncidentListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("site", "Of this site, by id or key."),
        new("open", "true: those that are open; false: those that are over."),
        new("from", "Opened at or after this instant."),
        new("to", "Opened before this instant."),
    ];

    public static IncidentListQuery Read(QueryReader query) => new(
        new IncidentFilter { Open = query.Flag("open"), From = query.Instant("from"), To = query.Instant("to") },
        query.Text("site"),
        query.Id("after", "what a page gave as next"),
        query.Limit());
}
