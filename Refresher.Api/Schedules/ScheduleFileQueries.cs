using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Crontab;
using Refresher.Core.Schedules.Files;

namespace Refresher.Api.Schedules;

/// <summary>Which schedules to export, and how.</summary>
internal sealed record ScheduleExportQuery(ScheduleFilter Filter, ScheduleFileFormat Format) : IQuery<ScheduleExportQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("format", "yaml or json; yaml when it is not said."),
        new("search", "A part of the key, the name or the description, in any case."),
        new("key", "The one with this key."),
        new("kind", "Of this kind."),
        new("tag", "With this tag."),
        new("enabled", "true or false."),
    ];

    public static ScheduleExportQuery Read(QueryReader query) => new(
        new ScheduleFilter { Search = query.Text("search"), Key = query.Text("key"), Kind = query.Text("kind"), Tag = query.Text("tag"), Enabled = query.Flag("enabled") },
        query.Word<ScheduleFileFormat>("format") ?? ScheduleFileFormat.Yaml);
}

/// <summary>What an import may do.</summary>
internal sealed record ScheduleImportQuery(bool DryRun, bool Prune) : IQuery<ScheduleImportQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("dryRun", "true: only say what would be done. false when it is not said."),
        new("prune", "true: also delete every schedule that the file does not have. false when it is not said."),
    ];

    public static ScheduleImportQuery Read(QueryReader query) => new(query.Flag("dryRun") ?? false, query.Flag("prune") ?? false);
}

/// <summary>How to read a crontab, and what to do with it.</summary>
internal sealed record CrontabQuery(bool DryRun, CrontabForm? Form, string? TimeZone) : IQuery<CrontabQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("dryRun", "true: only say what would be made. false when it is not said."),
        new("form", "user, or system when a user's name stands before each command; found out when it is not said."),
        new("timeZone", "The zone of the machine that it comes from; CRON_TZ in it goes before. UTC when it is not said."),
    ];

    public static CrontabQuery Read(QueryReader query) =>
        new(query.Flag("dryRun") ?? false, query.Word<CrontabForm>("form"), query.Text("timeZone"));
}
