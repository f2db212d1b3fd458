using System.Globalization;

namespace Refresher.Bench;

/// <summary>What was typed after <c>./refresher bench</c>.</summary>
internal sealed record BenchOptions(string Name, IReadOnlyDictionary<string, string> Values)
{
    public static BenchOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith("--", StringComparison.Ordinal))
            {
                values[args[i][2..]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : "true";
            }
        }

        return new BenchOptions(args.FirstOrDefault(arg => !arg.StartsWith("--", StringComparison.Ordinal)) ?? "throughput", values);
    }

    public int Number(string name, int otherwise) => Values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
