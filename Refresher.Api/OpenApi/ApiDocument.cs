using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Refresher.Api.Access;
using Refresher.Api.Http;

namespace Refresher.Api.OpenApi;

/// <summary>What the OpenAPI document says beyond what the handlers' types tell.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) => Describe(document));
        options.AddOperationTransformer((operation, context, _) => DescribeQuery(operation, context));
        options.AddOperationTransformer((operation, context, _) => DescribeBody(operation, context));
        options.AddSchemaTransformer((schema, context, _) => DescribeText(schema, context.JsonTypeInfo.Type));
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Refresher",
            Version = "v1",
            Description = "Schedules, runs, workers and queues. Errors are ProblemDetails that name the field.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An Api key." };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, document)] = [] }];
        return Task.CompletedTask;
    }

    /// <summary>Query strings are read by <see cref="QueryReader"/>, so the framework does not see their parameters.</summary>
    private static Task DescribeQuery(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameters>().SelectMany(query => query.All))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = new OpenApiSchema { Type = parameter.Name == QueryParameter.Limit.Name ? JsonSchemaType.Integer : JsonSchemaType.String },
            });
        }

        return Task.CompletedTask;
    }

    /// <summary>Bodies that are read as text have their types from <see cref="BodyTypes"/>.</summary>
    private static Task DescribeBody(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var body in context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyTypes>())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = body.All.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }),
            };
        }

        return Task.CompletedTask;
    }

    /// <summary>Types that have converters of their own.</summary>
    private static Task DescribeText(OpenApiSchema schema, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(TimeSpan) || plain == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String | (plain == type ? 0 : JsonSchemaType.Null);
            schema.Format = plain == typeof(DateTimeOffset) ? "date-time" : null;
            schema.Pattern = plain == typeof(TimeSpan) ? @"^-?(\d+\.)?\d{2}:\d{2}:\d{2}(\.\d{1,7})?$" : null;
        }

        return Task.CompletedTask;
    }
}
