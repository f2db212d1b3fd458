
namespace Refresher.Bench.SiteMonitor;

/// <summary>What a check of a site costs, beside blackbox_exporter's, and how punctual many of them are.</summary>
internal static class CheckBench
{
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        await using var site = await ProbedSite.StartAsync();
        var (looks, part) = (options.Number("looks", 20_000), options.Text("only", ""));
        if (part is "" or "look")
        {
            await ProberAlone.RunAsync(site, looks, figures);
        }

        if (part is "" or "cost")
        {
            await new WholePath(options.Number("cost-sites", 2500), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(options.Number("seconds", 60))).RunAsync(site, looking: false, figures);
        }

        if (part is "" or "peers" && options.WithPeers)
        {
            await Blackbox.RunAsync(site, looks / 4, figures);
        }

        if (part is "" or "periods")
        {
            await new WholePath(options.Number("sites", 10_000), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(options.Number("seconds", 60) + 30)).RunAsync(site, looking: true, figures);
        }
    }
}
