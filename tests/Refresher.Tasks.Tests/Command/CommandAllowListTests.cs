using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Tasks.Command;

namespace Refresher.Tasks.Tests.Command;

public sealed class CommandAllowListTests
{
    private static readonly CommandOptions Echo = new()
    {
        Program = "echo",
        Arguments = ["it's", "a*b", @"c\d"],
        Environment = ["GREETING=hello"],
        SecretEnvironment = "TOKEN=abc",
        WorkingDirectory = "/usr/",
    };

    [Fact]
    public void Nothing_is_allowed_by_default() => Assert.False(ListOf("{}").Allows(Echo));

    [Fact]
    public void The_entry_shown_as_json_allows_exactly_that_command()
    {
        var list = ListOf(ListOf("{}").EntriesFor([Echo]).Json);

        Assert.True(list.Allows(Echo));
        Assert.True(list.Allows(Echo with { Program = "/usr/bin/../bin/echo" }));
        Assert.False(list.Allows(Echo with { Program = "/bin/cat" }));
        Assert.False(list.Allows(Echo with { Arguments = ["it's", "aXb", @"c\d"] }));
        Assert.False(list.Allows(Echo with { Arguments = [.. Echo.Arguments, "more"] }));
        Assert.False(list.Allows(Echo with { Arguments = [] }));
        Assert.False(list.Allows(Echo with { Environment = ["LD_PRELOAD=/tmp/evil.so"] }));
        Assert.False(list.Allows(Echo with { WorkingDirectory = "/tmp" }));
        Assert.False(list.Allows(Echo with { WorkingDirectory = null }));
    }

    [Fact]
    public void The_entry_shown_as_environment_variables_allows_it_too()
    {
        var variables = ListOf("{}").EntriesFor([Echo]).Variables.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Unquoted);

        Assert.True(ListOf(variables).Allows(Echo));
    }

    [Fact]
    public void A_command_without_arguments_is_allowed_without_arguments_only()
    {
        var bare = new CommandOptions { Program = "uptime" };
        var entry = ListOf("{}").EntriesFor([bare]);
        foreach (var list in new[] { ListOf(entry.Json), ListOf(entry.Variables.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Unquoted)) })
        {
            Assert.True(list.Allows(bare));
            Assert.False(list.Allows(bare with { Arguments = ["--pretty"] }));
        }
    }

    [Theory]
    [InlineData("""["-a", "*", "**"]""", new[] { "-a", "x" }, true)]
    [InlineData("""["-a", "*", "**"]""", new[] { "-a", "x", "y", "z" }, true)]
    [InlineData("""["-a", "*", "**"]""", new[] { "-a" }, false)]
    [InlineData("""["backup:*"]""", new[] { "backup:/a\nb" }, true)]
    [InlineData("""["backup:*"]""", new[] { "other:backup:/a" }, false)]
    [InlineData("""["a.c"]""", new[] { "abc" }, false)]
    [InlineData("null", new[] { "anything", "goes" }, true)]
    public void Patterns_fit_argument_by_argument(string patterns, string[] arguments, bool fits)
    {
        var list = ListOf("""{"Command":{"Allow":[{"Program":"/bin/echo","Arguments":PATTERNS}]}}""".Replace("PATTERNS", patterns));

        Assert.Equal(fits, list.Allows(new CommandOptions { Program = "/bin/echo", Arguments = arguments }));
    }

    [Fact]
    public void Each_fault_of_the_options_is_named_by_its_field()
    {
        Assert.Empty(Faults(Echo));
        Assert.Equal([nameof(CommandOptions.Program)], Faults(Echo with { Program = "" }));
        Assert.Equal([nameof(CommandOptions.Program)], Faults(Echo with { Program = "bin/echo" }));
        Assert.Equal([nameof(CommandOptions.WorkingDirectory)], Faults(Echo with { WorkingDirectory = "here" }));
        Assert.Equal([nameof(CommandOptions.Environment)], Faults(Echo with { Environment = ["no value"] }));
        Assert.Equal([nameof(CommandOptions.Environment)], Faults(Echo with { Environment = ["REFRESHER_RUN_ID=1"] }));
        Assert.Equal([nameof(CommandOptions.SecretEnvironment)], Faults(Echo with { SecretEnvironment = "A=b\nabc" }));
        Assert.Equal([nameof(CommandOptions.Input)], Faults(Echo with { Input = new string('é', 40_000) }));
        Assert.Equal([nameof(CommandOptions.SuccessExitCodes)], Faults(Echo with { SuccessExitCodes = "none" }));
    }

    private static IEnumerable<string> Faults(CommandOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults.SelectMany(fault => fault.MemberNames);
    }

    /// <summary>As a shell reads <c>A__B='it'\''s'</c>.</summary>
    private static KeyValuePair<string, string?> Unquoted(string line)
    {
        var (name, value) = (line[..line.IndexOf('=')], line[(line.IndexOf('=') + 1)..]);
        return new(name.Replace("__", ":"), value[1..^1].Replace(@"'\''", "'"));
    }

    private static CommandAllowList ListOf(string json) =>
        ListOf(configuration => configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))));

    private static CommandAllowList ListOf(IEnumerable<KeyValuePair<string, string?>> pairs) => ListOf(configuration => configuration.AddInMemoryCollection(pairs));

    private static CommandAllowList ListOf(Action<IConfigurationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Configuration);
        CommandTask.AddServices(builder);
        return builder.Services.BuildServiceProvider().GetRequiredService<CommandAllowList>();
    }
}
