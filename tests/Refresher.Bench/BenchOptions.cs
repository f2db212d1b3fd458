using System.Globalization;

namespace Refresher.Bench;

/// <summary>What was typed after <c>./refresher bench</c>.</summary>
internal sealed record BenchOptions(string Name, IReadOnlyDictionary<string, string> Values)
{
    private const string Given = "true";

    /// <summary>The peers are measured, too.</summary>
    public bool WithPeers => !Values.ContainsKey("no-peers");

    public static BenchOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith("--", StringComparison.Ordinal))
            {
                values[args[i][2..]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : Given;
            }
        }

        return new BenchOptions(args.FirstOrDefault(arg => !arg.StartsWith("--", StringComparison.Ordinal)) ?? "throughput", values);
    }

    public bool Has(string name) => Values.ContainsKey(name);

    public string Text(string name, string otherwise) => Values.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise) => Values.TryGetValue(name, out var value) && value != Given ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
