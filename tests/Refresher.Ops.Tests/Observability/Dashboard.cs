using System.Text.Json;
using System.Text.RegularExpressions;

namespace Refresher.Ops.Tests.Observability;

/// <summary>A dashboard of infra/grafana, as its file says.</summary>
internal sealed record Dashboard(string File, string Uid, string Title, IReadOnlyList<Panel> Panels, IReadOnlyList<Variable> Variables)
{
    public const string Prometheus = "prometheus";
    public const string PostgreSql = "refresher-postgresql";

    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Directory.GetFiles(Path.Combine(Infra.Grafana, "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Every query of every panel, with what Grafana puts into it put in.</summary>
    public IEnumerable<(string Name, string Source, string Text)> Queries(Predicate<Target>? of = null) => Panels.SelectMany(panel => panel.Targets
        .Where(target => of?.Invoke(target) ?? true)
        .Select(target => ($"{Path.GetFileName(File)}: {panel.Title} ({target.RefId})", panel.Source, Filled(target.Text, panel.Source))));

    /// <summary>As Grafana does it: https://grafana.com/docs/grafana/latest/dashboards/variables/ and the macros of its PostgreSQL source.</summary>
    private string Filled(string text, string source)
    {
        foreach (var variable in Variables)
        {
            text = text.Replace("$" + variable.Name, source == Prometheus ? ".*" : variable.Query, StringComparison.Ordinal);
        }

        return text.Replace("$__rate_interval", "1m", StringComparison.Ordinal)
            .Replace("$__timeFilter(at)", "at BETWEEN now() - interval '1 day' AND now()", StringComparison.Ordinal);
    }

    private static Dashboard Read(string file)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllText(file));
        var root = json.RootElement;
        var panels = root.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").Select(panel => new Panel(
            panel.GetProperty("id").GetInt32(), panel.GetProperty("title").GetString()!, panel.GetProperty("type").GetString()!, panel.GetProperty("datasource").GetProperty("uid").GetString()!,
            [.. panel.GetProperty("targets").EnumerateArray().Select(target => new Target(
                target.GetProperty("refId").GetString()!, target.TryGetProperty("expr", out var expr) ? expr.GetString()! : target.GetProperty("rawSql").GetString()!,
                target.TryGetProperty("exemplar", out var exemplar) && exemplar.GetBoolean()))])).ToList();
        var variables = root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => new Variable(
            variable.GetProperty("name").GetString()!, variable.GetProperty("query") is { ValueKind: JsonValueKind.String } query ? query.GetString()! : variable.GetProperty("query").GetProperty("query").GetString()!)).ToList();
        return new(file, root.GetProperty("uid").GetString()!, root.GetProperty("title").GetString()!, panels, variables);
    }
}

internal sealed record Panel(int Id, string Title, string Type, string Source, IReadOnlyList<Target> Targets)
{
    /// <summary>What is told only where there is a container engine.</summary>
    public bool WantsContainers => Targets.All(target => target.WantsContainers);
}

/// <param name="HasExemplars">Its panel shows measurements that lead to their traces.</param>
internal sealed partial record Target(string RefId, string Text, bool HasExemplars)
{
    private static readonly string[] s_exporters = ["container_", "kafka_"];

    /// <summary>The series that it is calculated from.</summary>
    public string Series => SeriesName().Match(Text).Value;

    /// <summary>Whether its exporter (cAdvisor, Kafka's) is to be had as a container only.</summary>
    public bool WantsContainers => s_exporters.Any(prefix => Text.Contains(prefix, StringComparison.Ordinal));

    [GeneratedRegex(@"\w+_(?:bucket|total)\b")]
    private static partial Regex SeriesName();
}

/// <param name="Query">Where its values come from; in SQL a subquery in its place means all of them.</param>
internal sealed record Variable(string Name, string Query);
