using System.Globalization;
using System.Text.RegularExpressions;
using Refresher.Core.Outbox;

namespace Refresher.Ops.Tests.Azure;

/// <summary>Nobody makes a topic in Event Hubs but the template: it has to know them all.</summary>
public sealed partial class EventHubsTests
{
    /// <summary>As many as the program gives the topics that it makes itself.</summary>
    private const int Partitions = 16;

    [Fact]
    public void Every_topic_of_the_program_is_a_hub_with_as_many_partitions()
    {
        var template = Repository.Read("infra/azure/event-hubs.bicep");
        var hubs = TopicNames().Match(template).Groups[1].Value.Split('\n').Select(line => line.Trim().Trim('\'')).Where(name => name.Length > 0);

        Assert.Equal(Topics.All.Order(), hubs.Order());
        Assert.Contains($"param partitions int = {Partitions.ToString(CultureInfo.InvariantCulture)}\n", template, StringComparison.Ordinal);
        Assert.Contains($"`{Topics.Runs}` | what changed | {Partitions} |", Repository.Read("docs/kafka.md"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"var topics = \[([^\]]*)\]")]
    private static partial Regex TopicNames();
}
