using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Refresher.Browser.Tests;

/// <summary>A system with what a first start sets up.</summary>
public sealed class SystemWithExamples : RunningSystem
{
    protected override bool HasExamples => true;
}

/// <summary>axe-core looks at every page that a link leads to, once for each kind of address, light and dark, on a phone and on a desktop.</summary>
[Trait("Category", "Browser")]
public sealed partial class AccessibilityTests(SystemWithExamples system) : IClassFixture<SystemWithExamples>
{
    private const int Steps = 3;

    private static readonly (int Width, ColorScheme Scheme)[] Looks = [(1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Dark), (390, ColorScheme.Light)];

    private readonly List<string> _complaints = [];

    [BrowserFact]
    public async Task Axe_finds_nothing_serious_on_any_page()
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js"));
        var page = await system.OpenAsync(_complaints);
        var found = new List<string>();
        await page.GotoAsync("/login");
        await LookAsync(page, axe, "/login", found);
        await RunningSystem.LogInAsync(page);
        await RunningSystem.MakeScheduleAsync(page, "Looked at");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var step = new List<string> { "/" };
        for (var steps = 0; steps < Steps; steps++)
        {
            var next = new List<string>();
            foreach (var address in step.Where(address => seen.Add(KindOf(address))).ToArray())
            {
                await page.GotoAsync(address);
                next.AddRange(await page.EvalOnSelectorAllAsync<string[]>("a[href^='/']:not([download])", "links => links.map(link => link.getAttribute('href').split('#')[0])"));
                await LookAsync(page, axe, address, found);
            }

            step = [.. next.Where(address => !Apart().IsMatch(address))];
        }

        Assert.True(seen.Count > 20, $"Only {seen.Count} pages were found.");
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Empty(_complaints);
    }

    private static async Task LookAsync(IPage page, string axe, string address, List<string> found)
    {
        await page.EvaluateAsync(axe);
        foreach (var (width, scheme) in Looks)
        {
            await page.SetViewportSizeAsync(width, 850);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            var violations = await page.EvaluateAsync<JsonElement>("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)");
            foreach (var violation in violations.EnumerateArray().Where(one => one.GetProperty("impact").GetString() is "serious" or "critical"))
            {
                var node = violation.GetProperty("nodes")[0];
                found.Add($"{address} at {width} px, {scheme}: {violation.GetProperty("id").GetString()} ({violation.GetProperty("nodes").GetArrayLength()}): {node.GetProperty("html").GetString()} {node.GetProperty("failureSummary").GetString()?.ReplaceLineEndings(" ")}");
            }
        }
    }

    /// <summary><c>/runs/{id}?level</c>: the same page with other data is looked at once.</summary>
    private static string KindOf(string address)
    {
        var parts = address.Split('?', 2);
        var names = parts.Skip(1).SelectMany(query => query.Split('&')).Select(pair => pair.Split('=')[0]).Distinct().Order(StringComparer.Ordinal);
        return Name().Replace(Id().Replace(parts[0], "{id}"), "$1/{name}") + "?" + string.Join('&', names);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("^(/workers|/calendars|/sites)/(?!new|import)[^/{]+$")]
    private static partial Regex Name();

    /// <summary>What is no page, or ends the session.</summary>
    [GeneratedRegex("^//|/export|\\.svg$|\\.json$|^/badge|^/logout")]
    private static partial Regex Apart();
}
