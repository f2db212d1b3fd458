using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Refresher.Api.Http;
using Refresher.Core.Schedules.Files;

namespace Refresher.Api.Schedules;

/// <summary>A file of schedules as a body; its content type says how it is written.</summary>
internal sealed class ScheduleFileBody : IRequestInput, IBindableFromHttpContext<ScheduleFileBody>, IEndpointParameterMetadataProvider
{
    private static readonly string[] Types = ["application/json", "application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml"];

    private ScheduleFileBody(string text, ScheduleFileFormat format, ProblemHttpResult? problem) => (Text, Format, Problem) = (text, format, problem);

    public string Text { get; }

    public ScheduleFileFormat Format { get; }

    public ProblemHttpResult? Problem { get; }

    public static async ValueTask<ScheduleFileBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var (text, type, problem) = await TextBody.ReadAsync(context, Types);
        return new(text, type == Types[0] ? ScheduleFileFormat.Json : ScheduleFileFormat.Yaml, problem);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyTypes(Types));
}

/// <summary>A crontab as a body.</summary>
internal sealed class CrontabBody : IRequestInput, IBindableFromHttpContext<CrontabBody>, IEndpointParameterMetadataProvider
{
    private static readonly string[] Types = ["text/plain"];

    private CrontabBody(string text, ProblemHttpResult? problem) => (Text, Problem) = (text, problem);

    public string Text { get; }

    public ProblemHttpResult? Problem { get; }

    public static async ValueTask<CrontabBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var (text, _, problem) = await TextBody.ReadAsync(context, Types);
        return new(text, problem);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyTypes(Types));
}
