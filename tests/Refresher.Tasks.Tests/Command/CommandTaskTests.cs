using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Tasks.Command;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.Command;

public sealed class CommandTaskTests
{
    private readonly RunHarness _run = new() { Schedule = "nightly" };

    [Fact]
    public async Task A_command_that_is_not_allowed_is_not_run_and_says_what_to_add()
    {
        var mark = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        var failure = Failed(await RunAsync(new() { Program = "touch", Arguments = [mark] }, allow: "/bin/true"));

        Assert.Contains($"\"{mark}\"", failure.Reason, StringComparison.Ordinal);
        Assert.Contains($"Command__Allow__1__Arguments__0='{mark}'", failure.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public void Its_form_shows_the_entry_to_add_until_it_is_there()
    {
        var kind = TaskCatalog.Kinds.Find("command")!;
        var options = new CommandOptions { Program = "echo", Arguments = ["hello"] };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        CommandTask.AddServices(builder);
        using var before = builder.Services.BuildServiceProvider();
        var notice = kind.NoticeFor(before, options);
        builder.Configuration.AddInMemoryCollection([new("Command:Allow:0:Program", "echo")]);
        using var after = builder.Services.BuildServiceProvider();

        Assert.Contains("\"hello\"", notice!.Copy[0].Code, StringComparison.Ordinal);
        Assert.Null(kind.NoticeFor(after, options));
        Assert.Null(new KindCatalog().Add<SilentTask, SilentOptions>().Find("silent")!.NoticeFor(after, new SilentOptions()));
    }

    [Fact]
    public async Task Its_lines_are_logged_and_kept_with_its_exit_code()
    {
        var output = Succeeded(await ShellAsync("echo one; echo two >&2; printf 'a\\rb\\r\\nthree'; cat; exit 3", options => options with { Input = " in", SuccessExitCodes = "0, 3" }));

        Assert.Equal(3, (int)output["exitCode"]!);
        Assert.Equal("one\na\nb\nthree in\n", (string?)output["output"]);
        Assert.Equal("two\n", (string?)output["error"]);
        Assert.Contains(new RunLine(LogLevel.Information, "one"), _run.Lines);
        Assert.Contains(new RunLine(LogLevel.Warning, "two"), _run.Lines);
    }

    [Fact]
    public async Task Arguments_are_passed_as_they_are()
    {
        var output = Succeeded(await RunAsync(new() { Program = "printf", Arguments = ["<%s>", "$HOME *", "a b", "", "--"] }));

        Assert.Equal("<$HOME *><a b><><-->\n", (string?)output["output"]);
    }

    [Theory]
    [InlineData("exit 4", "Exit code 4")]
    [InlineData("kill -KILL $$", "signal 9")]
    public async Task A_bad_end_fails_with_its_reason(string script, string reason) =>
        Assert.Contains(reason, Failed(await ShellAsync(script)).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task A_temporary_failure_asks_for_a_retry() => Assert.IsType<RunOutcome.RetryOutcome>(await ShellAsync("exit 75"));

    [Fact]
    public async Task A_program_or_a_folder_that_is_not_there_fails_with_its_name()
    {
        Assert.Contains("/no/such/folder", Failed(await ShellAsync("true", options => options with { WorkingDirectory = "/no/such/folder" })).Reason, StringComparison.Ordinal);
        Assert.Contains("no-such-program", Failed(await RunAsync(new() { Program = "no-such-program" })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_environment_holds_nothing_of_the_workers_secrets()
    {
        Environment.SetEnvironmentVariable("ConnectionStrings__refresher", "Host=db;Password=hidden");

        var output = Succeeded(await RunAsync(new() { Program = "env", Environment = ["GREETING=hello"], SecretEnvironment = "TOKEN=sesame" }));

        var names = ((string?)output["output"])!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        string[] known = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "GREETING", "TOKEN"];
        Assert.DoesNotContain(names, name => !known.Contains(name) && !name.StartsWith("REFRESHER_", StringComparison.Ordinal));
        Assert.Contains($"REFRESHER_RUN_ID={_run.Id}\n", (string?)output["output"], StringComparison.Ordinal);
        Assert.Contains("REFRESHER_SCHEDULE=nightly\n", (string?)output["output"], StringComparison.Ordinal);
        Assert.Contains("GREETING=hello\n", (string?)output["output"], StringComparison.Ordinal);
        Assert.Contains("TOKEN=********\n", (string?)output["output"], StringComparison.Ordinal);
        Assert.DoesNotContain(_run.Lines, line => line.Text.Contains("sesame", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancel_ends_the_whole_tree_even_who_left_the_session_or_ignores_the_asking()
    {
        using var cancel = new CancellationTokenSource();
        var running = ShellAsync(
            "trap '' TERM; sleep 300 & echo $!; setsid sleep 301 & echo $!; setsid sh -c \"trap '' TERM; sleep 302; sleep 303\" & echo $!; echo $$; echo ready; wait; sleep 304",
            cancel: cancel.Token);
        await _run.LineAsync(line => line.Text == "ready");
        var pids = _run.Lines.Where(line => line.Text.All(char.IsAsciiDigit)).Select(line => int.Parse(line.Text, CultureInfo.InvariantCulture)).ToList();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(4, pids.Count);
        Assert.DoesNotContain(pids, IsAlive);
    }

    [Fact]
    public async Task A_command_that_obeys_is_not_made_to_wait()
    {
        using var cancel = new CancellationTokenSource();
        var running = ShellAsync("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done", cancel: cancel.Token);
        await _run.LineAsync(line => line.Text == "ready");
        var begun = Stopwatch.GetTimestamp();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 3);
        Assert.Contains(_run.Lines, line => line.Text == "bye");
    }

    [Fact]
    public async Task Who_outlives_the_command_is_killed_and_counted()
    {
        var output = Succeeded(await ShellAsync("sleep 300 & echo $!; setsid sleep 301 & sleep 0.2"));

        Assert.Equal(2, (int)output["leftBehind"]!);
        Assert.False(IsAlive(int.Parse(((string?)output["output"])!, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Who_escapes_on_purpose_does_not_hold_the_run()
    {
        var output = Succeeded(await ShellAsync("setsid env -u REFRESHER_EXECUTION sleep 3 & echo started; sleep 0.2"));

        Assert.Equal("started\n", (string?)output["output"]);
        Assert.InRange((double)output["seconds"]!, 0.2, 2.5);
    }

    [Fact]
    public async Task A_flood_of_output_keeps_its_beginning_and_its_end()
    {
        var output = Succeeded(await ShellAsync("echo first; yes 0123456789abcdefghijklmnopqrstuvwxyz | head -c 50000000; echo; echo last"));

        var kept = (string?)output["output"];
        Assert.StartsWith("first\n", kept, StringComparison.Ordinal);
        Assert.EndsWith("\nlast\n", kept, StringComparison.Ordinal);
        Assert.True((bool)output["cut"]!);
        Assert.InRange(kept!.Length, CommandStream.First + CommandStream.Last, CommandStream.First + CommandStream.Last + 100);
        Assert.InRange(_run.Lines.Sum(line => line.Text.Length), 1, 1024 * 1024 + 1000);
    }

    [Fact]
    public async Task A_line_without_end_is_logged_in_pieces()
    {
        Succeeded(await ShellAsync("head -c 100000 /dev/zero"));

        Assert.All(_run.Lines, line => Assert.InRange(line.Text.Length, 1, 5000));
        Assert.DoesNotContain(_run.Lines, line => line.Text.Contains('\0', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cpu_time_and_memory_are_the_commands_own()
    {
        // awk fills an array of some 60 MB and computes for a while; the shell waits for it.
        var output = Succeeded(await ShellAsync("awk 'BEGIN { for (i = 0; i < 600000; i++) a[i] = i \"xxxxxxxxxxxxxxxx\"; for (j = 0; j < 6000000; j++) s += j }'; true"));

        Assert.InRange((double)output["cpuSeconds"]!, 0.1, 60);
        Assert.InRange((long)output["peakMemoryBytes"]!, 20L << 20, 500L << 20);
        Assert.InRange((double)output["cpuSeconds"]!, 0, (double)output["seconds"]! * 2);
    }

    [Fact]
    public async Task Many_commands_at_once_do_not_hold_each_others_pipes()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => ShellAsync($"sleep 0.1; echo {number}")));

        Assert.Equal(Enumerable.Range(0, 30).Select(number => $"{number}\n"), outcomes.Select(outcome => (string?)Succeeded(outcome)["output"]));
    }

    private Task<RunOutcome> ShellAsync(string script, Func<CommandOptions, CommandOptions>? change = null, CancellationToken cancel = default)
    {
        var options = new CommandOptions { Program = "sh", Arguments = ["-c", script] };
        return RunAsync(change?.Invoke(options) ?? options, cancel: cancel);
    }

    private async Task<RunOutcome> RunAsync(CommandOptions options, string? allow = null, CancellationToken cancel = default)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
        [
            new("Command:Allow:0:Program", allow ?? options.Program),
            .. options.Variables().Select((variable, index) => KeyValuePair.Create($"Command:Allow:0:Environment:{index}", (string?)variable.Name)),
        ]);
        CommandTask.AddServices(builder);
        await using var services = builder.Services.BuildServiceProvider();
        return await ActivatorUtilities.CreateInstance<CommandTask>(services).RunAsync(options, _run, cancel);
    }

    private static JsonNode Succeeded(RunOutcome outcome) =>
        outcome is RunOutcome.SuccessOutcome success ? success.Output! : throw new InvalidOperationException(outcome.ToString());

    private static RunOutcome.FailureOutcome Failed(RunOutcome outcome) => Assert.IsType<RunOutcome.FailureOutcome>(outcome);

    private static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private sealed record SilentOptions;

    private sealed class SilentTask : IKind, ITask<SilentOptions>
    {
        public static string Name => "silent";

        public Task<RunOutcome> RunAsync(SilentOptions options, RunContext run, CancellationToken cancel) => Task.FromResult(RunOutcome.Success());
    }
}
