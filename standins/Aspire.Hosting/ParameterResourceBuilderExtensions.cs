// Stand-in for Aspire.Hosting: adds parameters.
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds values that come from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value from configuration (<c>Parameters:name</c>).</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, preset => ValueOf(builder, name, preset), secret));

    /// <summary>A value from configuration, or else a default; with <paramref name="persist"/> it is kept for the next start.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(new ParameterResource(name, preset => ValueOf(builder, name, preset), secret) { Default = persist ? Kept(builder, name, value) : value });

    /// <summary>The password of a server that nobody gave one: random, and kept.</summary>
    internal static ParameterResource Password(IDistributedApplicationBuilder builder, string name, bool special) =>
        new(name, preset => ValueOf(builder, name, preset), secret: true) { Default = Kept(builder, name, new GenerateParameterDefault { Special = special }) };

    private static KeptParameterDefault Kept(IDistributedApplicationBuilder builder, string name, ParameterDefault value) =>
        new(name, value, ((DistributedApplicationBuilder)builder).State);

    private static string ValueOf(IDistributedApplicationBuilder builder, string name, ParameterDefault? preset) =>
        builder.Configuration[$"Parameters:{name}"]
        ?? preset?.GetDefaultValue()
        ?? throw new DistributedApplicationException($"Parameter resource could not be used because configuration key 'Parameters:{name}' is missing and the Parameter has no default value.");
}
