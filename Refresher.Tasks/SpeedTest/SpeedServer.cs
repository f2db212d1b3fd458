using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>How a server is asked for data.</summary>
public enum SpeedProtocol
{
    /// <summary>As LibreSpeed's backends are: <c>garbage.php?ckSize=</c>, in MiB.</summary>
    LibreSpeed,

    /// <summary>As Cloudflare's end points are: <c>__down?bytes=</c>.</summary>
    Cloudflare,

    /// <summary>As Ookla's servers are by HTTP: pictures of noise of a size of their own.</summary>
    Ookla,
}

/// <summary>A server that a line can be measured against: an item of <c>SpeedTest:Servers</c>, one that a person named, or one of a directory.</summary>
public sealed record SpeedServer
{
    // From 100,000,000 bytes on it answers 403 without a Referer (https://github.com/2dust/v2rayN/issues/9071).
    private const long MostOfCloudflare = 99_000_000;

    /// <summary>Where its backend is, with a slash at the end or not: <c>https://speed.example.org/backend</c>.</summary>
    [Required]
    public required Uri Url { get; init; }

    public string Name { get; init; } = "";

    public string? Sponsor { get; init; }

    public string? City { get; init; }

    public string? Country { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>Degrees north, −90 to 90.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees east, −180 to 180.</summary>
    public double? Longitude { get; init; }

    /// <summary>How well the place is known.</summary>
    public PlacePrecision Precision { get; init; } = PlacePrecision.Stated;

    public SpeedProtocol Protocol { get; init; }

    /// <summary>Name of the directory it comes from.</summary>
    public string Directory { get; init; } = OwnServers.Name;

    /// <summary>Of a self-test: it is nobody's server and is not kept.</summary>
    internal bool SelfTest { get; init; }

    /// <summary>What it is recognised by: its address without a slash at the end.</summary>
    public string Key => Url.ToString().TrimEnd('/');

    /// <summary>What people call it.</summary>
    public string Label => Name.Length > 0 ? Name : Url.Host;

    /// <summary>Below <see cref="Url"/>; the others likewise. The names are those of LibreSpeed's server lists.</summary>
    public string DownloadPath { get; init; } = "garbage.php";

    public string UploadPath { get; init; } = "empty.php";

    public string PingPath { get; init; } = "empty.php";

    public string IpPath { get; init; } = "getIP.php";

    /// <summary>Bytes of one upload request: as many as web servers in front of a backend let through.</summary>
    public long UploadBytes { get; init; } = 20 * 1024 * 1024;

    public Uri UploadUrl => At(UploadPath);

    public Uri PingUrl => At(PingPath);

    public Uri IpUrl => new($"{At(IpPath)}?isp=true&distance=km");

    /// <summary>For as much data; Cloudflare gives less, since it refuses more to whoever is no browser on its own page, and Ookla what the picture has.</summary>
    public Uri DownloadUrl(int mebibytes) => Protocol switch
    {
        SpeedProtocol.Cloudflare => new($"{At(DownloadPath)}?bytes={Math.Min(mebibytes * (1L << 20), MostOfCloudflare).ToString(CultureInfo.InvariantCulture)}"),
        SpeedProtocol.Ookla => At(DownloadPath),
        _ => new($"{At(DownloadPath)}?ckSize={mebibytes.ToString(CultureInfo.InvariantCulture)}"),
    };

    /// <summary>Great-circle distance in km on a sphere of the Earth's mean radius (haversine); null when either place is unknown.</summary>
    public double? DistanceFrom(GeoPoint? place)
    {
        if (place is not { } from || Latitude is not { } latitude || Longitude is not { } longitude)
        {
            return null;
        }

        var north = double.DegreesToRadians(latitude - from.Latitude) / 2;
        var east = double.DegreesToRadians(longitude - from.Longitude) / 2;
        var chord = Math.Pow(Math.Sin(north), 2)
            + (Math.Cos(double.DegreesToRadians(from.Latitude)) * Math.Cos(double.DegreesToRadians(latitude)) * Math.Pow(Math.Sin(east), 2));
        return 2 * 6371.0088 * Math.Asin(Math.Sqrt(Math.Min(1, chord)));
    }

    private Uri At(string path) => new($"{Url.ToString().TrimEnd('/')}/{path}");
}

/// <summary>A place on Earth in degrees north and east.</summary>
public readonly record struct GeoPoint(double Latitude, double Longitude);
