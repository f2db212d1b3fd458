namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>Servers that people named themselves, in the configuration or in the admin: another Refresher's <c>/backend</c>, or any LibreSpeed backend. Nothing is asked for them.</summary>
internal static class OwnServers
{
    public const string Name = "own";

    public const string Title = "Your own";
}
