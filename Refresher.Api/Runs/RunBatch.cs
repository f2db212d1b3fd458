using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Api.Runs;

/// <summary>Runs to make: a JSON object, or an array of them.</summary>
internal sealed class RunBatch : IRequestInput, IBindableFromHttpContext<RunBatch>, IEndpointParameterMetadataProvider
{
    private RunBatch(IReadOnlyList<RunInput> runs, FieldErrors errors) => (Runs, Problem) = (runs, errors.Count > 0 ? Problems.Invalid(errors) : null);

    public IReadOnlyList<RunInput> Runs { get; }

    public ProblemHttpResult? Problem { get; }

    public static async ValueTask<RunBatch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var body = await BodyBytes.ReadAsync(context);
        var errors = new FieldErrors();
        if (body.Length == 0)
        {
            return new([], errors.Add("", "The body is empty; a run or an array of runs is needed."));
        }

        return new(Read(BodyBytes.Of(body), errors), errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(RunInput), isOptional: false));

    private static List<RunInput> Read(ReadOnlySpan<byte> json, FieldErrors errors)
    {
        if (json.TrimStart(" \t\r\n"u8).StartsWith("["u8))
        {
            var runs = JsonInput.Read<List<RunInput>>(json, ScheduleInput.Json, errors) ?? [];
            if (runs.FindIndex(run => run is null) is >= 0 and var missing)
            {
                errors.Add($"[{missing}]", "This must be a JSON object.");
            }

            return runs;
        }

        var one = JsonInput.Read<RunInput>(json, ScheduleInput.Json, errors);
        if (one is null && errors.Count == 0)
        {
            errors.Add("", "This must be a JSON object, or an array of them.");
        }

        return one is null ? [] : [one];
    }
}
