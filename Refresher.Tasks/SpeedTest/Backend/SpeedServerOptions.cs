using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SpeedTest.Backend;

/// <summary>Whether others may measure against our server side, and how much (section <c>SpeedServer</c>). Each process of the Api counts for itself, from its start.</summary>
public sealed record SpeedServerOptions
{
    public const string Section = "SpeedServer";

    /// <summary>False: only callers on the same machine are answered.</summary>
    public bool Public { get; init; }

    /// <summary>MB (10⁶ bytes) of one address in a day (UTC), both directions.</summary>
    [Range(1, 100_000_000)]
    public int AddressDailyMegabytes { get; init; } = 10_000;

    /// <summary>MB of all addresses in a day.</summary>
    [Range(1, 1_000_000_000)]
    public int DailyMegabytes { get; init; } = 200_000;

    /// <summary>Requests of one address in a minute.</summary>
    [Range(1, 1_000_000)]
    public int AddressRequestsPerMinute { get; init; } = 600;

    /// <summary>Requests of one address at once.</summary>
    [Range(1, 10_000)]
    public int AddressConnections { get; init; } = 32;
}
