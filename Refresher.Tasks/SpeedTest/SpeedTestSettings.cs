namespace Refresher.Tasks.SpeedTest;

/// <summary>The servers one may measure against, and where one is (section <c>SpeedTest</c>). No server is contacted that is not named here or in the admin.</summary>
public sealed record SpeedTestSettings
{
    public const string Section = "SpeedTest";

    public IReadOnlyList<SpeedServer> Servers { get; init; } = [];

    /// <summary>Directories of public servers that are used: <c>librespeed</c>, <c>cloudflare</c>. Those that people switch on in the admin come on top.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>Degrees north of the line's end, for distances; null: what the server tells, if it does.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees east.</summary>
    public double? Longitude { get; init; }

    internal GeoPoint? Place => Latitude is { } latitude && Longitude is { } longitude ? new GeoPoint(latitude, longitude) : null;
}
