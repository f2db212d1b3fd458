using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>The time zones of the IANA database as this machine has them, by name; read once and kept until the process ends.</summary>
public static class TimeZones
{
    private static readonly ConcurrentDictionary<string, ZoneTimeline> Known = new(StringComparer.Ordinal);

    private static readonly Lazy<string[]> Names = new(() =>
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(IsName).Append("UTC").Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Every name this machine knows, in ordinal order.</summary>
    public static IReadOnlyList<string> All => Names.Value;

    /// <summary>Finds a zone by its exact name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = TryTimeline(name)?.Zone;
        return zone is not null;
    }

    /// <summary>A sentence for a name that is not known, with those that come near.</summary>
    public static string WhatIsRight(string name)
    {
        string given = name.Length > 64 ? name[..64] + "…" : name;
        string[] near = [.. Nearest(name)];
        string advice = near.Length == 0
            ? "give a name of the IANA database, for example Europe/Berlin or UTC."
            : $"did you mean {string.Join(" or ", near)}?";
        return $"timeZone '{given}' is not known; {advice}";
    }

    /// <summary>UTC when <paramref name="name"/> is null.</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no such zone.</exception>
    internal static ZoneTimeline Timeline(string? name) =>
        TryTimeline(name ?? "UTC") ?? throw new TimeZoneNotFoundException(WhatIsRight(name ?? "UTC"));

    private static ZoneTimeline? TryTimeline(string name)
    {
        if (Known.TryGetValue(name, out ZoneTimeline? known))
        {
            return known;
        }

        if (!IsName(name))
        {
            return null;
        }

        try
        {
            // On a file system that ignores case another spelling would be found here and nowhere else.
            TimeZoneInfo zone = name == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);
            return Known.GetOrAdd(name, new ZoneTimeline(zone));
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Names become paths on Unix, so only what the database uses is let through; right/ counts leap seconds, localtime is the machine's.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && !name.StartsWith("right/", StringComparison.Ordinal)
        && !name.StartsWith("posix", StringComparison.Ordinal)
        && name is not "localtime" and not "Factory";

    private static IEnumerable<string> Nearest(string name)
    {
        string wanted = Fold(name);
        if (wanted.Length is 0 or > 64)
        {
            return [];
        }

        return All
            .Select(known => (known, Far: Distance(wanted, Fold(known), Fold(known[(known.LastIndexOf('/') + 1)..]))))
            .Where(near => near.Far <= Math.Max(1, wanted.Length / 4))
            .OrderBy(near => near.Far).ThenBy(near => near.known.Length)
            .Take(3).Select(near => near.known);
    }

    private static string Fold(string name) => new([.. name.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static int Distance(string wanted, string whole, string city) =>
        Math.Min(Edits(wanted, whole), city.Length > 2 ? Edits(wanted, city) : int.MaxValue);

    /// <summary>Levenshtein's distance.</summary>
    private static int Edits(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
