using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Http;

/// <summary>
/// Whose word counts for where a request comes from: of nobody unless they are named. Without it anybody could say in a header that they are
/// another address, and be counted as that by the rates of logins and visitors.
/// <code>
/// Proxy: { Known: "10.0.0.5, 172.18.0.0/16" }
/// </code>
/// </summary>
public static class KnownProxies
{
    public const string Setting = "Proxy:Known";

    /// <summary>Stands first. <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are read from the last entry on, as far as those are known who added them.</summary>
    /// <exception cref="InvalidOperationException"><c>Proxy:Known</c> is not a list of addresses and networks.</exception>
    public static IApplicationBuilder UseKnownProxies(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IConfiguration>()[Setting] is not { Length: > 0 } named)
        {
            return app;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var name in named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            options.KnownIPNetworks.Add(Read(name));
        }

        return app.UseForwardedHeaders(options);
    }

    private static System.Net.IPNetwork Read(string name) =>
        System.Net.IPNetwork.TryParse(name, out var network) ? network
        : IPAddress.TryParse(name, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new InvalidOperationException($"{Setting}: '{name}' is neither an address nor a network like 172.18.0.0/16.");
}
