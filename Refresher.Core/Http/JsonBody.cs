using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Refresher.Core.Schedules;

namespace Refresher.Core.Http;

/// <summary>A JSON body read strictly: a field nobody knows is an error. A nullable parameter may be left out altogether.</summary>
public sealed class JsonBody<T> : IRequestInput, IBindableFromHttpContext<JsonBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly T? _value;

    private JsonBody(T? value, FieldErrors errors) => (_value, Problem) = (value, errors.Count > 0 ? Problems.Invalid(errors) : null);

    public T Value => _value ?? throw new InvalidOperationException("The body was not right; the filter answers before its value is asked for.");

    [MemberNotNullWhen(false, nameof(_value))]
    public ProblemHttpResult? Problem { get; }

    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var body = await BodyBytes.ReadAsync(context);
        var errors = new FieldErrors();
        if (body.Length == 0)
        {
            return IsOptional(parameter) ? null : new(null, errors.Add("", "The body is empty; JSON is needed."));
        }

        var value = JsonInput.Read<T>(BodyBytes.Of(body), ScheduleInput.Json, errors);
        return new(value, value is null && errors.Count == 0 ? errors.Add("", "This must be a JSON object.") : errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), IsOptional(parameter)));

    private static bool IsOptional(ParameterInfo parameter) => new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
}
