using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Refresher.ServiceDefaults.Management;

/// <summary>Maps end points to the management port.</summary>
public static class ManagementEndpoints
{
    /// <summary>
    /// A group for end points that are not for the public: they answer on the management port and nowhere else,
    /// and ask for no login, since who may reach that port is decided by the network.
    /// </summary>
    public static RouteGroupBuilder MapManagement(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("").WithMetadata(new AnsweredOn(Management: true, Public: false)).Quietly();

    internal static void AddManagementPort(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ManagementOptions>().BindConfiguration("Management").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ManagementPort>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ManagementPort>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ManagementPolicy>());
    }

    internal static void OnEveryPort(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new AnsweredOn(Management: true, Public: true)).Quietly();

    /// <summary>Polled end points: open to pollers, and not counted among the requests that people make.</summary>
    private static TBuilder Quietly<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AllowAnonymous().DisableRateLimiting().DisableHttpMetrics().WithMetadata(new ExcludeFromDescriptionAttribute());
}
