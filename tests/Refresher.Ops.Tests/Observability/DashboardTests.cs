using System.Text.Json;

namespace Refresher.Ops.Tests.Observability;

/// <summary>What can be said of the dashboards without anything running.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void Each_has_a_name_of_its_own_and_every_panel_a_title_a_place_and_a_query()
    {
        // Two are of tasks that a copy may have left out.
        string[] always = ["application", "events", "host", "postgresql", "redis", "tasks"];
        var names = Dashboard.All.Select(dashboard => Path.GetFileNameWithoutExtension(dashboard.File)).ToHashSet();
        Assert.Superset(always.ToHashSet(), names);
        Assert.Subset(always.Append("sites").Append("speed").ToHashSet(), names);
        Assert.Distinct(Dashboard.All.Select(dashboard => dashboard.Uid));
        foreach (var dashboard in Dashboard.All)
        {
            Assert.StartsWith("Refresher: ", dashboard.Title, StringComparison.Ordinal);
            Assert.Distinct(dashboard.Panels.Select(panel => panel.Id));
            Assert.All(dashboard.Panels, panel => Assert.False(string.IsNullOrWhiteSpace(panel.Title)));
            Assert.All(dashboard.Panels, panel => Assert.Contains(panel.Source, new[] { Dashboard.Prometheus, Dashboard.PostgreSql }));
            Assert.All(dashboard.Panels, panel => Assert.NotEmpty(panel.Targets));
            Assert.Empty(Overlaps(dashboard.File));
        }
    }

    [Fact]
    public void No_file_of_Grafana_or_Prometheus_has_a_password()
    {
        var files = Directory.EnumerateFiles(Infra.Grafana, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Infra.Prometheus, "*", SearchOption.AllDirectories));

        Assert.All(files.SelectMany(File.ReadAllLines).Where(line => line.Contains("password:", StringComparison.OrdinalIgnoreCase)), line => Assert.EndsWith("password: $REFRESHER_REPORTS_PASSWORD", line, StringComparison.Ordinal));
    }

    /// <summary>Those of containers too, which cannot be asked where there are none.</summary>
    [ProgramFact("promtool")]
    public async Task Every_query_to_Prometheus_is_one_that_it_can_read()
    {
        var queries = Dashboard.All.SelectMany(dashboard => dashboard.Queries()).Where(query => query.Source == Dashboard.Prometheus).ToList();
        var rules = new { groups = new[] { new { name = "panels", rules = queries.Select((query, n) => new { record = $"panel:number{n}", expr = query.Text }) } } };
        var file = Path.GetTempFileName();
        try
        {
            // YAML reads JSON.
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rules));
            var (code, text) = await Infra.PromtoolAsync(null, "check", "rules", "--lint=none", file);

            Assert.True(code == 0, text);
            Assert.Contains($"{queries.Count} rules found", text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<string> Overlaps(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var taken = new Dictionary<(int, int), string>();
        var overlaps = new List<string>();
        foreach (var panel in json.RootElement.GetProperty("panels").EnumerateArray())
        {
            var (place, title) = (panel.GetProperty("gridPos"), panel.GetProperty("title").GetString()!);
            var (x, y, w, h) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32(), place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            if (x + w > 24)
            {
                overlaps.Add($"{title} is wider than the page");
            }

            foreach (var cell in Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))).Where(cell => !taken.TryAdd(cell, title)))
            {
                overlaps.Add($"{title} lies on {taken[cell]}");
            }
        }

        return overlaps;
    }
}
