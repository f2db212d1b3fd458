namespace Refresher.Bench.Checks;

/// <summary>What a check of a site costs, and how punctual many of them are.</summary>
internal static class CheckBench
{
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        await using var site = await ProbedSite.StartAsync();
        await ProberAlone.RunAsync(site, options.Number("looks", 20_000), figures);
    }
}
