using System.Text.RegularExpressions;

namespace Refresher.Docs.Tests;

/// <summary>What documents tell people to type after <c>./refresher</c> is understood by it.</summary>
public sealed partial class CommandTests
{
    private static readonly string s_script = Repository.Text("refresher");
    private static readonly HashSet<string> s_verbs = [.. Verbs().Match(s_script).Groups[1].Value.Split('|', StringSplitOptions.TrimEntries), "help"];
    private static readonly HashSet<string> s_options = [.. Option().Matches(Function().Match(s_script).Value).Select(match => match.Value)];
    private static readonly HashSet<string> s_suites = [.. Suites().Match(Repository.Text("infra/local/check.sh")).Groups[1].Value.Split(' '), "all"];
    private static readonly string s_bench = string.Concat(Repository.Files.Where(file => file == "tests/Refresher.Bench/Program.cs" || file.EndsWith("Measurement.cs", StringComparison.Ordinal)).Select(Repository.Text));
    private static readonly HashSet<string> s_taskOptions = [.. Option().Matches(Repository.Text("infra/local/task.sh")).Select(match => match.Value)];
    private static readonly HashSet<string> s_benchOptions = [.. Option().Matches(s_bench).Select(match => match.Value)];

    public static TheoryData<string> Known => ["up --workers 2 --kafka", "bench lateness --burst", "bench checks", "test chaos", "task CountWords --table", "down"];

    public static TheoryData<string> Unknown => ["start", "up --worker 2", "bench latency", "bench lateness --schedule 5", "test docks", "task CountWords --tables", "down now"];

    [Fact]
    public void Every_command_has_a_verb_and_options_that_are_there()
    {
        var commands = Document.All.Values.SelectMany(Commands).ToArray();

        Assert.True(commands.Length > 50, $"Only {commands.Length} commands were found.");
        Offenders.None(commands.Select(command => WhatIsWrong(command.Text) is { } wrong ? $"{command.Where}: ./refresher {command.Text}: {wrong}" : null).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void What_is_there_is_known(string command) => Assert.Null(WhatIsWrong(command));

    [Theory]
    [MemberData(nameof(Unknown))]
    public void What_is_not_there_is_found(string command) => Assert.NotNull(WhatIsWrong(command));

    private static IEnumerable<(string Where, string Text)> Commands(Document document) =>
        document.Blocks.Where(block => block.Language == "bash").SelectMany(block => Command().Matches(block.Text).Select(match => ($"{block}", match.Groups[1].Value.Trim())))
            .Concat(document.Prose.SelectMany(line => InlineCommand().Matches(line.Text).Select(match => ($"{document.Path}:{line.Line}", match.Groups[1].Value.Trim()))));

    private static string? WhatIsWrong(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || IsPlaceholder(words[0]))
        {
            return null;
        }

        if (!s_verbs.Contains(words[0]))
        {
            return $"there is no verb '{words[0]}'";
        }

        var options = words.Where(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=')[0]).ToArray();
        var names = words.Skip(1).TakeWhile(word => word[0] != '-').Where(word => !IsPlaceholder(word)).ToArray();
        return words[0] switch
        {
            "bench" => names.FirstOrDefault(name => !s_bench.Contains($"case \"{name}\":", StringComparison.Ordinal) && !s_bench.Contains($"[\"{name}\"] = ", StringComparison.Ordinal)) ?? options.FirstOrDefault(option => !s_benchOptions.Contains(option) && !s_options.Contains(option)),
            "test" => names.FirstOrDefault(name => !s_suites.Contains(name)) ?? options.FirstOrDefault(option => !s_options.Contains(option)),
            "task" => names.Skip(1).FirstOrDefault() ?? options.FirstOrDefault(option => !s_taskOptions.Contains(option)),
            "migration" => options.FirstOrDefault(option => !s_options.Contains(option)),
            _ => names.FirstOrDefault() ?? options.FirstOrDefault(option => !s_options.Contains(option)),
        };
    }

    private static bool IsPlaceholder(string word) => word.All(letter => char.IsUpper(letter) || !char.IsLetter(letter));

    [GeneratedRegex(@"^case \$VERB in\n    ([a-z |]+)\) parse", RegexOptions.Multiline)]
    private static partial Regex Verbs();

    [GeneratedRegex(@"^parse\(\) \{.*?^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"^SUITES=\(([a-z ]+)\)", RegexOptions.Multiline)]
    private static partial Regex Suites();

    [GeneratedRegex(@"\./refresher +([^#;&|)>\n`]*)")]
    private static partial Regex Command();

    [GeneratedRegex(@"`[^`]*\./refresher +([^`#;&|)>]*)[^`]*`")]
    private static partial Regex InlineCommand();
}
