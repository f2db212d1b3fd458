namespace Refresher.Templates.Tests;

/// <summary>What a copy can be made without, and how one sees that it is.</summary>
internal static class Options
{
    public const string NoSiteMonitor = "--no-site-monitor";
    public const string NoSpeedTest = "--no-speed-test";
    public const string NoKafka = "--no-kafka";
    public const string NoCloud = "--no-cloud";

    public static readonly string[] All = [NoSiteMonitor, NoSpeedTest, NoKafka, NoCloud];

    /// <summary>Paths that go with each, a word that goes from the catalog with it, and pages that stay and say so.</summary>
    private static readonly Dictionary<string, (string[] Gone, string? Word, string[] Pages)> s_parts = new()
    {
        [NoSiteMonitor] = (["{0}.Tasks/SiteMonitor", "tests/{0}.Tasks.Tests/SiteMonitor", "tests/{0}.Web.Tests/Pages/SiteMonitor", "tests/{0}.Bench/SiteMonitor"], "SiteMonitor", ["sites", "site-checks", "status-page"]),
        [NoSpeedTest] = (["{0}.Tasks/SpeedTest", "tests/{0}.Tasks.Tests/SpeedTest", "tests/{0}.Web.Tests/Pages/SpeedTest", "tests/{0}.Bench/SpeedTest"], "SpeedTest", ["speed-test", "speed-measurement"]),
        [NoKafka] = (["{0}.Core/Outbox/Kafka", "{0}.AppHost/Stores.Kafka.cs", "standins/Aspire.Confluent.Kafka", "tests/{0}.Core.Tests/Outbox/Kafka"], null, ["kafka"]),
        [NoCloud] = (["azure.yaml", "infra/azure", "{0}.AppHost/Deployment.ContainerApps.cs", ".github/workflows/deploy.yml"], null, ["deploy-azure"]),
    };

    /// <summary>Every combination, the empty one first.</summary>
    public static IEnumerable<string[]> Combinations() =>
        Enumerable.Range(0, 1 << All.Length).Select(bits => All.Where((_, place) => (bits & (1 << place)) != 0).ToArray());

    /// <summary>A copy lacks what it was made without, whole, and has the rest.</summary>
    public static void Hold(Copy copy, string[] options)
    {
        foreach (var (option, (gone, word, pages)) in s_parts)
        {
            var isOut = options.Contains(option);
            Assert.All(gone.Select(path => string.Format(System.Globalization.CultureInfo.InvariantCulture, path, copy.Name)), path => Assert.True(copy.Has(path) != isOut, $"{option}: {path}"));
            Assert.True(word is null || copy.Text($"{copy.Name}.Tasks/TaskCatalog.cs").Contains(word, StringComparison.Ordinal) != isOut, $"{option}: {word}");
            Assert.All(pages, page => Assert.True(copy.Text($"docs/{page}.md").Contains("This program was made without", StringComparison.Ordinal) == isOut, $"{option}: {page}"));
        }

        copy.HasNoOldName();
        copy.HasEveryProjectItNames();
        copy.HasEveryPageItLinksTo();
    }
}
