using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>One speed test as it is kept: those that failed too, with the reason and the server.</summary>
public sealed class SpeedTestResult
{
    /// <summary>Version 7, made from <see cref="At"/>: the order of the tests.</summary>
    public Guid Id { get; init; }

    /// <summary>The run that made it. Its row may be gone before this one.</summary>
    public Guid RunId { get; init; }

    public int Attempt { get; init; }

    /// <summary>Key of the schedule; null for a test that nobody scheduled.</summary>
    public string? ScheduleKey { get; init; }

    /// <summary>Interface or address of the worker that it went out by; null: as the system routed it.</summary>
    public string? Source { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How long it took, choice of the server included.</summary>
    public double Seconds { get; set; }

    /// <summary>Measured over loopback: says what the machine can measure and nothing about a line. Not for charts.</summary>
    public bool SelfTest { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; set; }

    /// <summary>The server that was chosen; null when none answered.</summary>
    public SpeedTestServer? Server { get; set; }

    /// <summary>Round trips of the idle line; null when it was not reached.</summary>
    public SpeedTestLatency? Idle { get; set; }

    /// <summary>ICMP echo requests sent over the idle line; null when the server answers none, or the worker may send none.</summary>
    public int? Echoes { get; set; }

    /// <summary>Those of them that were not answered.</summary>
    public int? EchoesLost { get; set; }

    /// <summary>The share of packets that the idle line lost, both ways together, 0 to 1; null when unknown.</summary>
    public double? Loss => (double?)EchoesLost / Echoes;

    /// <summary>Null when it was not measured.</summary>
    public SpeedTestDirection? Download { get; set; }

    /// <summary>Null when it was not measured.</summary>
    public SpeedTestDirection? Upload { get; set; }

    /// <summary>Payload moved in both directions, in bytes; that of a direction that failed too.</summary>
    public long Bytes { get; set; }

    /// <summary><c>A+</c>, <c>A</c>, <c>B</c>, <c>C</c>, <c>D</c> or <c>F</c>: how little the load of both directions lengthens a round trip; null when that is unknown.</summary>
    public string? BufferbloatGrade { get; set; }

    /// <summary>The line's address as the server saw it.</summary>
    public string? ClientAddress { get; set; }

    /// <summary>Internet provider, if the server tells.</summary>
    public string? ClientIsp { get; set; }

    /// <summary>Country of that address, ISO 3166-1, if the server tells.</summary>
    public string? ClientCountry { get; set; }

    /// <summary>Degrees north of that address, if the server tells.</summary>
    public double? ClientLatitude { get; set; }

    /// <summary>Degrees east.</summary>
    public double? ClientLongitude { get; set; }

    /// <summary>What was expected of the line; null: nothing.</summary>
    public SpeedTestThresholds? Thresholds { get; set; }

    /// <summary>Whether the line did what was expected; null: it cannot be told.</summary>
    public bool? Healthy { get; set; }

    /// <summary>What fell short, in words.</summary>
    public string? Complaint { get; set; }

    /// <summary>The test that this one was to confirm against another server; null for all others.</summary>
    public Guid? Confirms { get; init; }

    /// <summary>All servers that were looked at, the chosen one too.</summary>
    public List<SpeedTestCandidate> Candidates { get; init; } = [];
}

/// <summary>The server of a test as it was known then.</summary>
public sealed class SpeedTestServer
{
    public required string Url { get; init; }

    public required string Name { get; init; }

    public string? Sponsor { get; init; }

    public string? City { get; init; }

    public string? Country { get; init; }

    public string? CountryCode { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>How well the place is known: <c>country</c> means the middle of it; null in tests of before that was kept.</summary>
    public PlacePrecision? Precision { get; init; }

    /// <summary>Name of the directory it came from.</summary>
    public string? Directory { get; init; }

    public double? DistanceKm { get; init; }

    internal static SpeedTestServer Of(SpeedServer server, GeoPoint? place) => new()
    {
        Url = server.Url.ToString(),
        Name = server.Label,
        Sponsor = server.Sponsor,
        City = server.City,
        Country = server.Country,
        CountryCode = server.CountryCode,
        Latitude = server.Latitude,
        Longitude = server.Longitude,
        Precision = server.Precision,
        Directory = server.Directory,
        DistanceKm = server.DistanceFrom(place),
    };
}

/// <summary>Round-trip times of an idle line, in milliseconds.</summary>
public sealed class SpeedTestLatency
{
    public double MinMs { get; init; }

    public double MedianMs { get; init; }

    public double P95Ms { get; init; }

    /// <summary>Mean difference of neighbouring round trips.</summary>
    public double JitterMs { get; init; }
}

/// <summary>One direction of a test. Rates are in Mbit/s (10⁶ bits) of payload.</summary>
public sealed class SpeedTestDirection
{
    public double Mbps { get; init; }

    /// <summary>Lower end of the 95 % confidence interval; 0 when the test was too short to tell.</summary>
    public double LowMbps { get; init; }

    public double HighMbps { get; init; }

    public long Bytes { get; init; }

    public double Seconds { get; init; }

    /// <summary>Connections at the end.</summary>
    public int Streams { get; init; }

    /// <summary><c>steady</c>, <c>time</c> or <c>data</c>: why it ended.</summary>
    public required string Stopped { get; init; }

    /// <summary>Seconds from the start that were warm-up and are no part of the rate; null for tests that did not keep it.</summary>
    public double? WarmUpSeconds { get; init; }

    /// <summary>Shortest round trip while the line was loaded, in milliseconds; null, as the three after it, when none came through.</summary>
    public double? LoadedMinMs { get; init; }

    /// <summary>Median of the same.</summary>
    public double? LoadedMs { get; init; }

    /// <summary>95th percentile of the same.</summary>
    public double? LoadedP95Ms { get; init; }

    /// <summary>Mean difference of neighbours of the same.</summary>
    public double? LoadedJitterMs { get; init; }

    /// <summary>Round trips per minute under load (<c>docs/speed-measurement.md</c>); null when no new connection came through.</summary>
    public double? RoundTripsPerMinute { get; init; }

    /// <summary>Whether this machine or the server was the limit and not the line; null when unknown.</summary>
    public bool? LimitedByHost { get; init; }

    /// <summary>In words, what was the limit; null when the line was, or when it is unknown.</summary>
    public string? HostLimit { get; init; }

    /// <summary>Mbit/s for each quarter of a second, warm-up included.</summary>
    public required float[] Curve { get; init; }
}

/// <summary>A server that was looked at for a test.</summary>
public sealed class SpeedTestCandidate
{
    public Guid TestId { get; init; }

    /// <summary>0 for the first, in the order of the latency; those that did not answer come last.</summary>
    public int Rank { get; init; }

    public required SpeedTestServer Server { get; init; }

    /// <summary>The shortest of a few round trips, in milliseconds; null when it did not answer.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Why it did not answer.</summary>
    public string? Failure { get; init; }

    public bool Chosen { get; init; }
}

internal static class SpeedTestMapping
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<SpeedTestResult>(test =>
        {
            test.ToTable("speed_tests");
            test.HasKey(t => t.Id);
            test.Property(t => t.Id).ValueGeneratedNever();
            test.HasIndex(t => t.At);
            test.HasIndex(t => new { t.ScheduleKey, t.At });
            test.Ignore(t => t.Loss);
            test.OwnsOne(t => t.Thresholds, thresholds =>
            {
                thresholds.Ignore(t => t.LeastDownload);
                thresholds.Ignore(t => t.LeastUpload);
            });
            test.OwnsOne(t => t.Server, server => server.Property(s => s.Precision).HasConversion(v => Words<PlacePrecision>.Of(v!.Value), v => Words<PlacePrecision>.Parse(v)));
            test.OwnsOne(t => t.Idle);
            test.OwnsOne(t => t.Download);
            test.OwnsOne(t => t.Upload);
            test.HasMany(t => t.Candidates).WithOne().HasForeignKey(c => c.TestId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<SpeedTestCandidate>(candidate =>
        {
            candidate.ToTable("speed_test_candidates");
            candidate.HasKey(c => new { c.TestId, c.Rank });
            candidate.OwnsOne(c => c.Server, server => server.Property(s => s.Precision).HasConversion(v => Words<PlacePrecision>.Of(v!.Value), v => Words<PlacePrecision>.Parse(v)));
            candidate.Navigation(c => c.Server).IsRequired();
        });
    }
}
