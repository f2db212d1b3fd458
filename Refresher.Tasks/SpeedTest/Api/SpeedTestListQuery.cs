using Refresher.Core.Http;
using Refresher.Tasks.SpeedTest.History;

namespace Refresher.Tasks.SpeedTest.Api;

/// <summary>Which tests are wanted.</summary>
internal sealed record SpeedTestListQuery(SpeedTestFilter Filter, Guid? After, int Limit) : IQuery<SpeedTestListQuery>
{
    internal static readonly QueryParameter[] Filters =
    [
        new("scheduleKey", "Of this schedule."),
        new("from", "Began at or after this instant."),
        new("to", "Began before this instant."),
        new("succeeded", "true: those that succeeded; false: those that failed."),
        new("healthy", "true: those that found what was expected; false: those that fell short."),
        new("server", "Against the server with this address."),
        new("selfTest", "true: self-tests, and only they."),
    ];

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After, .. Filters];

    public static SpeedTestListQuery Read(QueryReader query) => new(FilterOf(query), query.Id("after", "what a page gave as next"), query.Limit());

    internal static SpeedTestFilter FilterOf(QueryReader query) => new()
    {
        ScheduleKey = query.Text("scheduleKey"),
        From = query.Instant("from"),
        To = query.Instant("to"),
        Succeeded = query.Flag("succeeded"),
        Healthy = query.Flag("healthy"),
        Server = query.Text("server"),
        SelfTest = query.Flag("selfTest") ?? false,
    };
}

/// <summary>The last test of which sort is wanted.</summary>
internal sealed record SpeedTestFilterQuery(SpeedTestFilter Filter) : IQuery<SpeedTestFilterQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters => SpeedTestListQuery.Filters;

    public static SpeedTestFilterQuery Read(QueryReader query) => new(SpeedTestListQuery.FilterOf(query));
}

/// <summary>Which tests are wanted as a file.</summary>
internal sealed record SpeedTestExportQuery(SpeedTestFilter Filter, SpeedFileFormat Format) : IQuery<SpeedTestExportQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("format", "csv or json (an object a line); csv when it is not said."), .. SpeedTestListQuery.Filters];

    public static SpeedTestExportQuery Read(QueryReader query) => new(SpeedTestListQuery.FilterOf(query), query.Word<SpeedFileFormat>("format") ?? SpeedFileFormat.Csv);
}

/// <summary>Over which time figures are wanted.</summary>
internal sealed record SpeedFiguresQuery(SpeedRange Range, string? ScheduleKey) : IQuery<SpeedFiguresQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("range", "24h, 7d, 30d or 1y; 7d when it is not said."),
        new("scheduleKey", "Of this schedule."),
    ];

    public static SpeedFiguresQuery Read(QueryReader query) => new(
        query.Text("range") is not { } word ? SpeedRange.Of(null) : SpeedRange.All.FirstOrDefault(range => range.Word == word) ?? query.Wrong<SpeedRange>("range", "24h, 7d, 30d or 1y") ?? SpeedRange.Of(null),
        query.Text("scheduleKey"));
}

/// <summary>Which servers are wanted.</summary>
internal sealed record SpeedServerListQuery(string? Directory, string? After, int Limit) : IQuery<SpeedServerListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After, new("directory", "Of this directory: own, librespeed or cloudflare.")];

    public static SpeedServerListQuery Read(QueryReader query) => new(query.Text("directory"), query.Text("after"), query.Limit());
}

/// <summary>Which server of one's own is meant.</summary>
internal sealed record ServerAddressQuery(string Url) : IQuery<ServerAddressQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("url", "Its address.")];

    public static ServerAddressQuery Read(QueryReader query) => new(query.Text("url") is { Length: > 0 } url ? url : query.Wrong<string>("url", "the address of a server of your own") ?? "");
}
