using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>A server that a directory listed, that a person named, or that has been asked: with what became of it last.</summary>
public sealed class KnownServer
{
    /// <summary>Its address without a slash at the end: what it is recognised by.</summary>
    public required string Url { get; init; }

    /// <summary>Name of the directory; <c>own</c> for one that a person named.</summary>
    public required string Directory { get; set; }

    public required string Name { get; set; }

    public string? Sponsor { get; set; }

    public string? City { get; set; }

    public string? Country { get; set; }

    public string? CountryCode { get; set; }

    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    public PlacePrecision Precision { get; set; }

    public SpeedProtocol Protocol { get; set; }

    public required string DownloadPath { get; set; }

    public required string UploadPath { get; set; }

    public required string PingPath { get; set; }

    public required string IpPath { get; set; }

    public long UploadBytes { get; set; }

    /// <summary>In the configuration of the process that tested last: it is there as long as it is configured.</summary>
    public bool Configured { get; set; }

    public DateTimeOffset AddedAt { get; init; }

    /// <summary>When its directory listed it last, or a person named it.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>When it was asked last; null: never.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>Its round trip then, in milliseconds; null when it did not answer.</summary>
    public double? LatencyMs { get; set; }

    /// <summary>Why it did not answer then.</summary>
    public string? Failure { get; set; }

    /// <summary>It asked to be left alone until then.</summary>
    public DateTimeOffset? RestsUntil { get; set; }

    public SpeedServer ToServer() => new()
    {
        Url = new Uri(Url),
        Name = Name,
        Sponsor = Sponsor,
        City = City,
        Country = Country,
        CountryCode = CountryCode,
        Latitude = Latitude,
        Longitude = Longitude,
        Precision = Precision,
        Protocol = Protocol,
        DownloadPath = DownloadPath,
        UploadPath = UploadPath,
        PingPath = PingPath,
        IpPath = IpPath,
        UploadBytes = UploadBytes,
        Directory = Directory,
    };

    /// <summary>Takes over what a directory or a person says of it.</summary>
    internal void Describe(SpeedServer server)
    {
        (Directory, Name, Sponsor, City, Country, CountryCode) = (server.Directory, server.Label, server.Sponsor, server.City, server.Country, server.CountryCode);
        (Latitude, Longitude, Precision, Protocol) = (server.Latitude, server.Longitude, server.Precision, server.Protocol);
        (DownloadPath, UploadPath, PingPath, IpPath, UploadBytes) = (server.DownloadPath, server.UploadPath, server.PingPath, server.IpPath, server.UploadBytes);
    }

    internal static KnownServer Of(SpeedServer server, DateTimeOffset now)
    {
        var known = new KnownServer
        {
            Url = server.Key,
            Directory = server.Directory,
            Name = server.Label,
            DownloadPath = server.DownloadPath,
            UploadPath = server.UploadPath,
            PingPath = server.PingPath,
            IpPath = server.IpPath,
            AddedAt = now,
            SeenAt = now,
        };
        known.Describe(server);
        return known;
    }
}

/// <summary>Whether a directory is used, and how its list was read last.</summary>
public sealed class DirectoryState
{
    public required string Name { get; init; }

    /// <summary>A person has switched it on.</summary>
    public bool Enabled { get; set; }

    /// <summary>When a person accepted its terms; null: nobody has, or there are none.</summary>
    public DateTimeOffset? TermsAcceptedAt { get; set; }

    /// <summary>Another list than the usual one.</summary>
    public string? ListUrl { get; set; }

    /// <summary>When its list was read; null: never.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>When it was tried last.</summary>
    public DateTimeOffset? TriedAt { get; set; }

    /// <summary>Why the last reading failed; null when it did not.</summary>
    public string? Failure { get; set; }

    /// <summary>It asked to be left alone until then.</summary>
    public DateTimeOffset? RestsUntil { get; set; }
}

internal sealed class KnownServerMapping : IEntityTypeConfiguration<KnownServer>, IEntityTypeConfiguration<DirectoryState>
{
    public void Configure(EntityTypeBuilder<KnownServer> server)
    {
        server.ToTable("speed_servers");
        server.HasKey(s => s.Url);
        server.Property(s => s.Precision).HasConversion(v => Words<PlacePrecision>.Of(v), v => Words<PlacePrecision>.Parse(v));
        server.Property(s => s.Protocol).HasConversion(v => Words<SpeedProtocol>.Of(v), v => Words<SpeedProtocol>.Parse(v));
        server.HasIndex(s => s.Directory);
    }

    public void Configure(EntityTypeBuilder<DirectoryState> directory)
    {
        directory.ToTable("speed_directories");
        directory.HasKey(d => d.Name);
    }
}
