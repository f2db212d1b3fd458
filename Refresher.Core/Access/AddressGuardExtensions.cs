using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Refresher.Core.Access;

/// <summary>Brings the <see cref="AddressGuard"/>; may be called by every kind that calls out.</summary>
public static class AddressGuardExtensions
{
    // Access:Outbound:PrivateNetworks = true
    public static void AddAddressGuard(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AddressGuardOptions>().BindConfiguration(AddressGuardOptions.Section);
        builder.Services.TryAddSingleton<AddressGuard>();
    }
}
