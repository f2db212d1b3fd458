using System.Text.RegularExpressions;

namespace Refresher.Ops.Tests.Machine;

/// <summary>The playbook that makes a machine: what it would do here, without doing it.</summary>
public sealed partial class MachineTests
{
    private const string Playbook = "infra/machine/machine.yml";

    [Fact]
    public void Whatever_Compose_mounts_is_brought_to_the_machine()
    {
        var mounted = Mounted().Matches(Repository.Read("infra/compose/compose.yaml")).Select(match => match.Groups[1].Value).Distinct().ToArray();
        var brought = Brought().Matches(Repository.Read(Playbook)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(mounted);
        Assert.All(mounted, path => Assert.Contains(brought, file => file.TrimEnd('/') == path || file.StartsWith(path + "/", StringComparison.Ordinal)));
        Assert.All(brought, file => Assert.True(Path.Exists(Repository.PathOf($"infra/{file}")), file));
        Assert.DoesNotContain("compose/.env", brought);
    }

    [Trait("Suite", "ops")]
    [ProgramFact("ansible-playbook", "nft")]
    public async Task A_bare_machine_would_get_all_of_it_and_one_without_an_owner_nothing()
    {
        var (code, said) = await CheckAsync("domain=example.org email=you@example.org images=registry.example.org/refresher version=0.1.0");

        Assert.True(code == 0, said);
        Assert.Contains("failed=0", said, StringComparison.Ordinal);
        Assert.All(["compose/compose.yaml", "gateway/Caddyfile", "grafana/dashboards/", "prometheus/rules/"], file => Assert.Contains($"changed: [localhost] => (item={{'file': '{file}'", said, StringComparison.Ordinal));
        Assert.False(Directory.Exists("/opt/refresher"), "Check mode changed something.");

        var (refused, why) = await CheckAsync("domain=example.org");

        Assert.NotEqual(0, refused);
        Assert.Contains("Give domain, email, images and version in the inventory", why, StringComparison.Ordinal);
    }

    [Trait("Suite", "ops")]
    [ProgramFact("ansible-playbook")]
    public async Task An_older_Debian_is_told_what_it_lacks()
    {
        var (code, said) = await CheckAsync("domain=example.org email=you@example.org images=refresher version=1 oldest_debian=99");

        Assert.NotEqual(0, code);
        Assert.Contains("Compose 2.24 or later", said, StringComparison.Ordinal);
    }

    /// <summary>On this machine, which the tests' own run on: an older Debian does to try it.</summary>
    private static Task<(int ExitCode, string Output)> CheckAsync(string variables) => LocalProgram.RunAsync(
        "ansible-playbook",
        [
            "--inventory", "localhost,", "--connection", "local", "--check", "--extra-vars", $"hosts=localhost ansible_become=false oldest_debian=12 {variables}",
            Repository.PathOf(Playbook),
        ],
        new Dictionary<string, string> { ["ANSIBLE_PYTHON_INTERPRETER"] = "/usr/bin/python3", ["ANSIBLE_NOCOLOR"] = "1", ["LC_ALL"] = "C.UTF-8" });

    [GeneratedRegex(@"^ +- \.\./([\w./-]+):", RegexOptions.Multiline)]
    private static partial Regex Mounted();

    [GeneratedRegex(@"- \{ file: ([\w./-]+)")]
    private static partial Regex Brought();
}
