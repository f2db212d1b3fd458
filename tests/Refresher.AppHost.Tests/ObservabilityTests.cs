using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Refresher.AppHost.Tests;

/// <summary>What <c>--observability</c> adds, without starting it.</summary>
public sealed class ObservabilityTests
{
    private static readonly (string Name, string Program)[] s_programs =
    [
        ("node-exporter", "prometheus-node-exporter"), ("postgres-exporter", "prometheus-postgres-exporter"), ("prometheus", "prometheus"), ("redis-exporter", "prometheus-redis-exporter"),
    ];

    [Fact]
    public async Task Programs_that_are_on_the_machine_are_added_and_others_are_not()
    {
        await using var builder = await DescribeAsync("--throwaway=true", "--observability=true");

        // Grafana is only there with containers, and with them all are.
        var tools = Tools(builder);
        var there = s_programs.Where(tool => tools.Contains("grafana") || IsThere(tool.Program)).Select(tool => tool.Name);
        Assert.Equal(there, tools.Except(["cadvisor", "grafana"]));
    }

    [Fact]
    public async Task Only_then_does_the_scheduler_make_roles_with_passwords_of_their_own()
    {
        await using var without = await DescribeAsync("--throwaway=true");
        await using var with = await DescribeAsync("--throwaway=true", "--observability=true");

        Assert.Empty(Tools(without));
        Assert.Equal(["database-monitor-password", "database-reports-password"], Passwords(with));
        Assert.Empty(Passwords(without));
        var values = await Task.WhenAll(with.Resources.OfType<ParameterResource>().Select(async parameter => await parameter.GetValueAsync(default)));
        Assert.All(values, value => Assert.True(value!.Length >= 22));
        Assert.Distinct(values);
    }

    private static IEnumerable<string> Passwords(IDistributedApplicationTestingBuilder builder) =>
        builder.Resources.OfType<ParameterResource>().Select(parameter => parameter.Name).Where(name => name.StartsWith("database-", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Without what Aspire adds of its own to rebuild projects, which is derived from an executable.</summary>
    private static string[] Tools(IDistributedApplicationTestingBuilder builder) =>
        [.. builder.Resources.Where(resource => resource.GetType() == typeof(ExecutableResource)).Select(tool => tool.Name).Order(StringComparer.Ordinal)];

    private static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Task<IDistributedApplicationTestingBuilder> DescribeAsync(params string[] args) => DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(args);
}
