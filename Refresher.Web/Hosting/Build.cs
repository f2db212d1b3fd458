using System.Reflection;

namespace Refresher.Web.Hosting;

/// <summary>What was built: version and package set.</summary>
internal static class Build
{
    /// <summary><c>0.1.0</c>, without the commit.</summary>
    public static string Version { get; } =
        typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary><c>full</c> or <c>core</c>; see docs/decisions/0001-two-package-sets.md.</summary>
    public static string PackageSet { get; } = typeof(Build).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == "PackageSet")?.Value ?? "full";
}
