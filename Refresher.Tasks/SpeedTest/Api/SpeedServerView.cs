using Refresher.Core;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest.Api;

/// <summary>A server as programs read it.</summary>
/// <param name="Precision"><c>country</c>: it stands in the middle of it; <c>city</c>; <c>stated</c>: as whoever named it said; <c>unknown</c>.</param>
/// <param name="LatencyMs">When it was asked last, in milliseconds.</param>
internal sealed record SpeedServerView(
    string Url,
    string Directory,
    string Name,
    string? Sponsor,
    string? City,
    string? Country,
    string? CountryCode,
    double? Latitude,
    double? Longitude,
    string Precision,
    double? DistanceKm,
    double? LatencyMs,
    string? Failure,
    DateTimeOffset SeenAt,
    DateTimeOffset? AskedAt,
    DateTimeOffset? RestsUntil)
{
    public static SpeedServerView Of(KnownServer server, GeoPoint? place) => new(
        server.Url, server.Directory, server.Name, server.Sponsor, server.City, server.Country, server.CountryCode, server.Latitude, server.Longitude,
        Words<PlacePrecision>.Of(server.Precision), server.ToServer().DistanceFrom(place), server.LatencyMs, server.Failure, server.SeenAt, server.AskedAt, server.RestsUntil);
}

/// <summary>A directory of servers as programs read it.</summary>
/// <param name="Enabled">It is used: somebody switched it on, here or in the configuration, and its terms are accepted.</param>
/// <param name="Configured">It is switched on in the configuration of this process.</param>
/// <param name="Terms">Where the terms are that have to be accepted first; null: there are none.</param>
public sealed record DirectoryView(
    string Name,
    string Title,
    string Description,
    bool Enabled,
    bool Configured,
    string? Terms,
    DateTimeOffset? TermsAcceptedAt,
    string ListUrl,
    int Servers,
    DateTimeOffset? ReadAt,
    string? Failure,
    DateTimeOffset? RestsUntil);

/// <summary>What all tests share as programs read it.</summary>
/// <param name="UsedMegabytes">Of this calendar month (UTC).</param>
/// <param name="PublicMinute">The minute within each quarter of an hour at which schedules use public servers.</param>
internal sealed record SpeedSetupView(int? MonthlyMegabytes, double UsedMegabytes, bool Published, string PublicTitle, string? PublicSchedule, int PublicMinute, DateTimeOffset? PublicUsedAt)
{
    public static async Task<SpeedSetupView> OfAsync(SpeedSetup setup, DataBudget budget, PublicPace pace, CancellationToken cancel) => new(
        setup.MonthlyMegabytes, Math.Round(await budget.UsedAsync(cancel), 1), setup.Published, setup.PublicTitle, setup.PublicSchedule, await pace.MinuteAsync(cancel), setup.PublicUsedAt);
}
