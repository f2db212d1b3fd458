using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using YamlDotNet.RepresentationModel;

namespace Refresher.Ops.Tests.Compose;

/// <summary>The Compose file is written by hand, so that it can be read; here it is held against the AppHost, which says what the system is.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class ComposeTests
{
    private static readonly string[] s_stores = ["postgres", "redis"];

    /// <summary>What Compose has and a local run does not need: a gateway in front, a heap that is kept small, one address and port of each container.</summary>
    private static readonly string[] s_ofContainers = ["Management__Port", "ASPNETCORE_HTTP_PORTS", "Proxy__Known", "MALLOC_ARENA_MAX", "DOTNET_GCConserveMemory", "Management__Host", "Backup__Folder", "DatabaseRoles__Monitor", "DatabaseRoles__Reports", "OTEL_EXPORTER_OTLP_ENDPOINT", "ConnectionStrings__kafka"];

    /// <summary>What only the first local run is given.</summary>
    private static readonly Regex s_ofLocalRuns = LocalOnly();

    [Fact]
    public async Task It_has_the_services_of_the_AppHost_and_the_gateway_and_nothing_else_unless_it_is_asked_for()
    {
        await using var model = await DescribeAsync();
        var expected = model.Resources.Where(resource => resource is ProjectResource || s_stores.Contains(resource.Name)).Select(resource => resource.Name).Append("gateway").Order();

        Assert.Equal(expected, ComposeFile.Read().Services.Where(service => ComposeFile.List(service.Value, "profiles").Count == 0).Select(service => service.Key).Order());
    }

    [Fact]
    public async Task Each_service_is_given_the_settings_that_the_AppHost_gives_the_project()
    {
        await using var model = await DescribeAsync();
        var services = ComposeFile.Read().Services;
        foreach (var project in model.Resources.OfType<ProjectResource>())
        {
            var expected = (await SettingsAsync(project)).Where(name => !s_ofLocalRuns.IsMatch(name)).Except(s_ofContainers);
            var given = ComposeFile.Environment(services[project.Name]).Keys.Except(s_ofContainers);
            Assert.Equal(expected.Append("MasterKey__Value").Distinct().Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Each_service_waits_for_the_stores_that_the_project_waits_for()
    {
        await using var model = await DescribeAsync();
        var services = ComposeFile.Read().Services;
        foreach (var project in model.Resources.OfType<ProjectResource>())
        {
            var waits = project.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name == "refresher" ? "postgres" : wait.Resource.Name).Distinct().Order();
            Assert.Equal(waits, ComposeFile.Map(services[project.Name], "depends_on").Where(on => !IsOptional(on.Value)).Select(on => on.Key).Order());
        }
    }

    [Fact]
    public void Only_the_gateway_is_reached_from_outside_and_stores_reach_nothing()
    {
        var services = ComposeFile.Read().Services;

        Assert.Equal(["gateway"], services.Where(service => ComposeFile.List(service.Value, "ports").Count > 0).Select(service => service.Key));
        Assert.All(["postgres", "redis", "kafka"], store => Assert.Equal(["back"], ComposeFile.List(services[store], "networks")));
    }

    [Fact]
    public void Every_service_comes_back_has_a_limit_and_says_whether_it_is_well()
    {
        Assert.All(ComposeFile.Read().Services, service =>
        {
            var entries = ComposeFile.Map(service.Value);
            Assert.Equal("unless-stopped", entries["restart"].ToString());
            Assert.Matches(@"^\d+m$", entries["mem_limit"].ToString());

            // Of those that only watch Prometheus itself says whether they answer.
            Assert.True(entries.ContainsKey("healthcheck") || ComposeFile.List(service.Value, "profiles").Contains("observability") || service.Key == "kafka-exporter", $"{service.Key} has no health check.");
            Assert.True(entries.ContainsKey("logging"), $"{service.Key} logs without an end.");
        });
    }

    [Fact]
    public void Our_own_images_write_nowhere_and_may_nothing()
    {
        var services = ComposeFile.Read().Services;
        Assert.All(["scheduler", "worker", "api", "web"], name =>
        {
            var entries = ComposeFile.Map(services[name]);
            Assert.Equal("true", entries["read_only"].ToString());
            Assert.Equal(["ALL"], ComposeFile.List(services[name], "cap_drop"));
            Assert.Equal(["no-new-privileges:true"], ComposeFile.List(services[name], "security_opt"));
        });
    }

    [Fact]
    public void Every_variable_stands_in_the_example_and_no_secret_has_a_default()
    {
        var text = Repository.Read("infra/compose/compose.yaml");
        var example = Repository.Read("infra/compose/.env.example").Split('\n').Where(line => line.Contains('=') && !line.StartsWith('#')).ToDictionary(line => line.Split('=')[0], line => line[(line.IndexOf('=') + 1)..]);
        var used = Variable().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.Empty(used.Except(example.Keys));
        Assert.Empty(example.Keys.Except(used).Except(["COMPOSE_PROFILES"]));
        Assert.All(used.Where(name => Secret().IsMatch(name)), name =>
        {
            Assert.Equal("", example[name]);
            Assert.DoesNotContain("${" + name + ":-", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Secrets_are_made_at_random_are_readable_by_the_owner_alone_and_are_not_made_twice()
    {
        var folder = Directory.CreateTempSubdirectory("refresher-env-");
        var (one, two) = (Path.Combine(folder.FullName, "one"), Path.Combine(folder.FullName, "two"));
        Assert.Equal(0, (await InitAsync(one, "example.org", "you@example.org")).ExitCode);
        Assert.Equal(0, (await InitAsync(two, "example.org", "you@example.org")).ExitCode);

        var (first, second) = (Values(one), Values(two));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(one));
        Assert.Equal(("example.org", "you@example.org"), (first["DOMAIN"], first["ACME_EMAIL"]));
        foreach (var name in first.Keys.Where(name => Secret().IsMatch(name)))
        {
            Assert.Matches("^[A-Za-z0-9]{22,}$", first[name]);
            Assert.NotEqual(first[name], second[name]);
        }

        var refused = await InitAsync(one, "example.org", "you@example.org");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(first, Values(one));
        Assert.Equal(2, (await InitAsync(Path.Combine(folder.FullName, "three"), "no domain", "you@example.org")).ExitCode);
        folder.Delete(recursive: true);
    }

    private static Task<(int ExitCode, string Output)> InitAsync(string file, string domain, string mail) =>
        LocalProgram.RunAsync("bash", [Repository.PathOf("infra/compose/init.sh"), domain, mail], new Dictionary<string, string> { ["ENV_FILE"] = file });

    private static Dictionary<string, string> Values(string file) =>
        File.ReadLines(file).Where(line => line.Contains('=') && !line.StartsWith('#')).ToDictionary(line => line.Split('=')[0], line => line[(line.IndexOf('=') + 1)..]);

    private static bool IsOptional(YamlNode dependency) => ComposeFile.Map(dependency).TryGetValue("required", out var required) && required.ToString() == "false";

    /// <summary>The names of the environment variables, without those that say where an end point listens.</summary>
    private static async Task<IEnumerable<string>> SettingsAsync(ProjectResource project)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), project, cancellationToken: default);
        foreach (var callback in project.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.EnvironmentVariables.Keys;
    }

    private static async Task<IDistributedApplicationTestingBuilder> DescribeAsync()
    {
        var state = Directory.CreateTempSubdirectory("refresher-model-");
        try
        {
            return await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(["--throwaway=true", "--state", state.FullName]);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [GeneratedRegex("^(Examples__Sites__|OTEL_|ASPNETCORE_|DOTNET_|services__|REFRESHER_|REDIS_|Logging__|LOGGING__|NO_COLOR|Node__)")]
    private static partial Regex LocalOnly();

    [GeneratedRegex(@"(?<!\$)\$\{([A-Z_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex("PASSWORD$|_KEY$")]
    private static partial Regex Secret();
}
