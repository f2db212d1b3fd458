// Stand-in for OpenTelemetry.Extensions.Hosting
using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Starts OpenTelemetry with the host; its providers flush when the host's services are disposed of.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>May be called by several libraries: there is one provider of each kind in a host.</summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        if (!services.Any(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(TelemetryHostedService)))
        {
            // First of all hosted services, so that what the others do when they start is seen.
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
