using System.Reflection;

namespace Refresher.Core.Access;

/// <summary>How the program names itself to the servers that it calls.</summary>
public static class UserAgent
{
    /// <summary><c>Refresher/0.1.0</c>: the version without build metadata.</summary>
    public static string Value { get; } = "Refresher/" + Version();

    private static string Version()
    {
        var version = typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        return version.Split('+')[0];
    }
}
