using System.Text.RegularExpressions;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>How well the place of a server is known.</summary>
public enum PlacePrecision
{
    /// <summary>Not at all.</summary>
    Unknown,

    /// <summary>Its country: it stands in the middle of it.</summary>
    Country,

    /// <summary>Its city.</summary>
    City,

    /// <summary>As whoever named the server said.</summary>
    Stated,
}

/// <summary>Where a server is as far as its name tells.</summary>
internal sealed partial record ServerPlace(string? City, Country? Country)
{
    /// <summary><c>Los Angeles, United States (2) (Sponsor)</c>: what is in brackets says nothing of the place, nor do numbers behind it.</summary>
    public static ServerPlace Of(string name)
    {
        var parts = Brackets().Replace(name, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var at = parts.Length - 1; at >= 0; at--)
        {
            if (Countries.Find(Number().Replace(parts[at], "")) is { } country)
            {
                return new ServerPlace(at > 0 ? Number().Replace(parts[0], "") : null, country);
            }
        }

        return new ServerPlace(null, null);
    }

    /// <summary>What the last brackets hold, if it is no number: <c>Sponsor</c>.</summary>
    public static string? SponsorIn(string name) =>
        Brackets().Matches(name).Select(match => match.Value.Trim(' ', '(', ')')).LastOrDefault(text => text.Length > 0 && !text.All(char.IsDigit));

    [GeneratedRegex(@"\s*\([^()]*\)")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\s+\d+$")]
    private static partial Regex Number();
}
