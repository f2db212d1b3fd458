using System.Globalization;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>A country with the middle of its largest part: how precise a place is of which nothing but the country is known.</summary>
/// <param name="Code">ISO 3166-1, two letters.</param>
internal sealed record Country(string Code, string Name, GeoPoint Middle);

/// <summary>Finds countries by what lists of servers call them; the data and its source are in <c>countries.csv</c>.</summary>
internal static class Countries
{
    private static readonly Lazy<Dictionary<string, Country>> ByName = new(Read);

    /// <param name="name">An English name or an ISO code, in any case; null when nobody is called so.</param>
    public static Country? Find(string? name) => name is { Length: > 1 } ? ByName.Value.GetValueOrDefault(name.Trim()) : null;

    private static Dictionary<string, Country> Read()
    {
        using var stream = typeof(Countries).Assembly.GetManifestResourceStream("Refresher.Tasks.SpeedTest.Servers.countries.csv")!;
        using var text = new StreamReader(stream);
        var countries = new Dictionary<string, Country>(StringComparer.OrdinalIgnoreCase);
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var parts = line.Split(';');
            var names = parts[3].Split('|');
            var country = new Country(parts[0], names[0], new GeoPoint(Degrees(parts[1]), Degrees(parts[2])));
            foreach (var name in names.Prepend(parts[0]))
            {
                countries.TryAdd(name, country);
            }
        }

        return countries;
    }

    private static double Degrees(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
