using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Xunit.Abstractions;

namespace Refresher.Docs.Tests;

/// <summary>Does what the guide says, from its first page to its last, and looks whether what it says is seen.</summary>
public sealed class GuideTests(ITestOutputHelper output)
{
    private const string Mark = "=== of the guide: ";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [ProgramFact("bash", "curl", "psql", "redis-cli")]
    [Trait("Suite", "docs")]
    public async Task What_the_guide_says_is_seen()
    {
        using var start = new CancellationTokenSource(s_patience);
        foreach (var (name, value) in Asked())
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(["--throwaway=true", "--workers", "2", "--schedulers", "2"], start.Token);
        await using var app = await builder.BuildAsync(start.Token);
        await app.StartAsync(start.Token);
        var state = builder.Configuration["state"] ?? Path.Combine(Repository.Root, ".refresher");
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(project.Name, start.Token);
        }

        while (!File.Exists(Path.Combine(state, "endpoints.json")))
        {
            await Task.Delay(100, start.Token);
        }

        var wrong = new List<string>();
        foreach (var page in GuidePages.InOrder)
        {
            wrong.AddRange(await DoAsync(page, state));
        }

        Offenders.None(wrong);
    }

    /// <summary>What the first page has people set before the start, <c>env NAME=VALUE … ./refresher up</c>.</summary>
    private static IEnumerable<(string Name, string Value)> Asked() =>
        Document.All["docs/guide/README.md"].Blocks.First(block => block.Text.StartsWith("env ", StringComparison.Ordinal)).Text.Split('\n')[0].Split(' ').Skip(1)
            .TakeWhile(word => word.Contains('=', StringComparison.Ordinal)).Select(word => (word.Split('=')[0], word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]));

    /// <summary>All commands of a page in one shell, which ends at the first that fails.</summary>
    private async Task<List<string>> DoAsync(Document page, string state)
    {
        var blocks = page.Blocks.Select((block, index) => (Block: block, Said: page.Blocks.ElementAtOrDefault(index + 1) is { Language: "text" } next ? next.Text : ""))
            .Where(one => one.Block is { Language: "bash", IsByHand: false }).ToArray();
        var script = new StringBuilder("set -e\n. docs/guide/shell.sh\n");
        for (var i = 0; i < blocks.Length; i++)
        {
            script.Append('\n').Append("echo; echo '").Append(Mark).Append(i).Append("'\n").Append(blocks[i].Block.Text).Append('\n');
        }

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script.ToString());
        var (code, seen, errors) = await Shell.RunAsync("bash", [file], "", new Dictionary<string, string> { ["REFRESHER_STATE"] = state }, s_patience);
        File.Delete(file);
        output.WriteLine($"{page.Path}: exit code {code}\n{seen}\n{errors}");

        var parts = seen.Split(Mark)[1..].Select(part => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..]).ToArray();
        var wrong = new List<string>();
        for (var i = 0; i < blocks.Length; i++)
        {
            if (i >= parts.Length)
            {
                wrong.Add($"{blocks[i].Block}: not done, since what came before failed.");
            }
            else if (Seen.Missing(blocks[i].Said, parts[i]) is { } missing)
            {
                wrong.Add($"{blocks[i].Block}: '{missing}' was not seen, but\n{parts[i]}{(i == parts.Length - 1 ? errors : "")}");
            }
        }

        if (code != 0)
        {
            wrong.Add($"{page.Path}: a command ended with {code}. {errors}");
        }

        return wrong;
    }
}
