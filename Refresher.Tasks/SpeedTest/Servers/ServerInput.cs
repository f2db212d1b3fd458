using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>A server of one's own as people and programs name it.</summary>
public sealed record ServerInput
{
    [Required(ErrorMessage = "url is needed: the address of the backend, like https://speed.example.org/backend.")]
    [StringLength(500, ErrorMessage = "url: at most 500 characters.")]
    public string? Url { get; init; }

    [StringLength(200, ErrorMessage = "name: at most 200 characters.")]
    public string? Name { get; init; }

    [StringLength(200, ErrorMessage = "sponsor: at most 200 characters.")]
    public string? Sponsor { get; init; }

    [StringLength(200, ErrorMessage = "city: at most 200 characters.")]
    public string? City { get; init; }

    /// <summary>Name or ISO code.</summary>
    [StringLength(100, ErrorMessage = "country: at most 100 characters.")]
    public string? Country { get; init; }

    [Range(-90.0, 90.0, ErrorMessage = "latitude: −90 to 90 degrees north.")]
    public double? Latitude { get; init; }

    [Range(-180.0, 180.0, ErrorMessage = "longitude: −180 to 180 degrees east.")]
    public double? Longitude { get; init; }
}

/// <summary>What is changed of a directory; null leaves it as it is.</summary>
public sealed record DirectoryInput
{
    public bool? Enabled { get; init; }

    /// <summary>That its terms are read and accepted, where it has any: it cannot be switched on without.</summary>
    public bool? AcceptTerms { get; init; }

    /// <summary>Another list than the usual one; an empty text: the usual one again.</summary>
    [StringLength(500, ErrorMessage = "listUrl: at most 500 characters.")]
    public string? ListUrl { get; init; }
}

/// <summary>What is changed of the settings that all tests share; null leaves it as it is.</summary>
public sealed record SpeedSetupInput
{
    /// <summary>MB of all tests in a calendar month (UTC); 0: no limit.</summary>
    [Range(0, 100_000_000, ErrorMessage = "monthlyMegabytes: 0 (no limit) to 100,000,000.")]
    public int? MonthlyMegabytes { get; init; }

    /// <summary>Whether visitors see the speed page.</summary>
    public bool? Published { get; init; }

    [StringLength(100, MinimumLength = 1, ErrorMessage = "publicTitle: 1 to 100 characters.")]
    public string? PublicTitle { get; init; }

    /// <summary>Key of the schedule whose tests visitors see; an empty text: those of all schedules.</summary>
    [StringLength(100, ErrorMessage = "publicSchedule: at most 100 characters.")]
    public string? PublicSchedule { get; init; }
}
