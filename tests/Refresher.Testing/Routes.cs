using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Testing;

/// <summary>An end point of a host as its routing knows it: an address that leads to it, its methods, and who may.</summary>
/// <param name="Pattern">As it was mapped, with a slash before it.</param>
/// <param name="Path">An address that fits the pattern.</param>
/// <param name="Methods">Empty: all.</param>
/// <param name="Policies">Those that have to be met.</param>
public sealed record Route(string Pattern, string Path, IReadOnlyList<string> Methods, bool IsOpen, IReadOnlyList<string> Policies, IReadOnlyList<object> Metadata)
{
    /// <summary>What changes something: all methods but those that read.</summary>
    public IEnumerable<string> Changes => Methods.Except(["GET", "HEAD", "OPTIONS"]);

    public override string ToString() => $"{string.Join('|', Methods)} {Pattern} ({string.Join(", ", Policies)})";

    /// <summary>Every end point of a host.</summary>
    public static IReadOnlyList<Route> Of(IServiceProvider services) =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(Read)];

    private static Route Read(RouteEndpoint endpoint) => new(
        "/" + endpoint.RoutePattern.RawText?.TrimStart('/'),
        Fill(endpoint.RoutePattern),
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
        [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(asked => asked.Policy).OfType<string>().Where(Core.Access.Policies.All.Contains)],
        [.. endpoint.Metadata]);

    private static string Fill(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => Value(parameter),
        _ => throw new NotSupportedException(part.ToString()),
    }))));

    private static string Value(RoutePatternParameterPart parameter) => parameter.ParameterPolicies.Select(policy => policy.Content).FirstOrDefault() switch
    {
        "guid" => "0197a1b2-0000-7000-8000-000000000000",
        "int" => "1",
        _ => "x",
    };
}
