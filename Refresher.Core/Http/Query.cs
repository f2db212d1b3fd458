using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Refresher.Core.Http;

/// <summary>A parameter of the query string, as it is read and as the OpenAPI document shows it.</summary>
public sealed record QueryParameter(string Name, string Description)
{
    public static QueryParameter Limit { get; } = new("limit", "Items of a page: 1 to 500, 50 when it is not said.");

    public static QueryParameter After { get; } = new("after", "What the page before gave as next.");
}

/// <summary>What a query string may say.</summary>
public interface IQuery<TSelf>
{
    static abstract IReadOnlyList<QueryParameter> Parameters { get; }

    static abstract TSelf Read(QueryReader query);
}

/// <summary>A query string read strictly: a parameter nobody knows, or one that is not right, is an error and never ignored.</summary>
public sealed class Query<T> : IRequestInput, IBindableFromHttpContext<Query<T>>, Microsoft.AspNetCore.Http.Metadata.IEndpointParameterMetadataProvider
    where T : IQuery<T>
{
    private Query(T value, QueryReader reader) => (Value, Problem) = (value, reader.Errors.Count > 0 ? Problems.Invalid(reader.Errors) : null);

    public T Value { get; }

    public ProblemHttpResult? Problem { get; }

    public static ValueTask<Query<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var reader = new QueryReader(context.Request.Query, T.Parameters);
        return ValueTask.FromResult<Query<T>?>(new(T.Read(reader), reader));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new QueryParameters(T.Parameters));
}

/// <summary>The query parameters of an end point, for its description.</summary>
public sealed record QueryParameters(IReadOnlyList<QueryParameter> All);
