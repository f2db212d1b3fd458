using System.Text.RegularExpressions;
using OpenTelemetry.Metrics;
using Refresher.ServiceDefaults.Prometheus;
using Refresher.ServiceDefaults.Telemetry;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

/// <summary>docs/telemetry.md says what the code does.</summary>
public sealed partial class TelemetryDocumentTests
{
    private static readonly string House = Root();

    /// <summary>How the instruments of tasks begin: they go with the task's folder.</summary>
    private static readonly Dictionary<string, string[]> OfTasks = new()
    {
        ["SiteMonitor"] = ["refresher.check", "refresher.sites"],
        ["SpeedTest"] = ["refresher.speed."],
        ["Heartbeats"] = ["refresher.beats", "refresher.heartbeats"],
    };

    private static readonly string[] Document = File.ReadAllLines(Path.Combine(House, "docs", "telemetry.md"));

    [Fact]
    public void Every_source_and_meter_that_is_listened_to_is_listed()
    {
        Assert.Equal(TelemetryDefaults.Sources, Rows("## Sources").Select(row => row[0]));
        Assert.Equal(TelemetryDefaults.Meters, Rows("## Meters").Select(row => row[0]));
    }

    [Fact]
    public void Every_instrument_is_listed_as_it_is_made()
    {
        Assert.Equal(
            Instruments().Select(made => $"{made.Name} {made.Kind} {made.Unit} {PrometheusName.OfMetric(made.Name, made.Unit, TypeOf(made.Kind))}").Order(StringComparer.Ordinal),
            Rows("## Our instruments").Where(row => !IsGone(row[0])).Select(row => string.Join(' ', row.Take(4))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_instrument_is_made_with_its_name_and_unit_in_words()
    {
        var unclear = Sources().Where(source => Made().Count(source) != Making().Count(source));

        Assert.Empty(unclear.Select(source => Making().Match(source).Value));
    }

    private static bool IsGone(string instrument) => OfTasks.Any(task => task.Value.Any(instrument.StartsWith) && !Directory.Exists(Path.Combine(House, "Refresher.Tasks", task.Key)));

    /// <summary>The cells of a table's rows, without the marks of code.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Document
        .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal))
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim('`')).ToArray());

    private static IEnumerable<(string Kind, string Name, string Unit)> Instruments() => Sources()
        .SelectMany(source => Made().Matches(source))
        .Select(match => (match.Groups["kind"].Value.Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant(), match.Groups["name"].Value, match.Groups["unit"].Value));

    /// <summary>The text of the program's files; tests and stand-ins make instruments of their own.</summary>
    private static IEnumerable<string> Sources() => Directory
        .EnumerateDirectories(House, "Refresher.*")
        .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        .Select(File.ReadAllText);

    private static MetricType TypeOf(string kind) => kind switch
    {
        "counter" => MetricType.LongSum,
        "updowncounter" => MetricType.LongSumNonMonotonic,
        "histogram" => MetricType.Histogram,
        _ => MetricType.LongGauge,
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Refresher.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex("""\.Create(Observable)?(Counter|UpDownCounter|Histogram|Gauge)\b""")]
    private static partial Regex Making();

    /// <summary><c>Meter.CreateCounter&lt;long&gt;("refresher.runs", "{run}", …</c>; an observable one has its callback between the two.</summary>
    [GeneratedRegex("""\.Create(?<kind>(Observable)?(Counter|UpDownCounter|Histogram|Gauge))(<\w+>)?\(\s*"(?<name>refresher\.[^"]+)",\s*([^"]*,\s*)?(unit: )?"(?<unit>[^"]+)"[,)]""")]
    private static partial Regex Made();
}
